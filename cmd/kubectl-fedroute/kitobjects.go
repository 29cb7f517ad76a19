package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// kitObjects reads the objects from files, or from the cluster when none is named.
func (p *plugin) kitObjects(c *cobra.Command, o kitOptions) (topology v1alpha1.LyncTopology, routes []v1alpha1.FederationRoute, err error) {
	if len(o.files) > 0 {
		return objectsIn(o.files)
	}
	if o.topology == "" || len(o.routes) == 0 {
		return topology, nil, errors.New("name the LyncTopology and its routes (--topology, --route), or files (--file)")
	}
	api, namespace, err := p.connect()
	if err != nil {
		return topology, nil, err
	}
	if err := api.Get(c.Context(), client.ObjectKey{Namespace: namespace, Name: o.topology}, &topology); err != nil {
		return topology, nil, err
	}
	for _, name := range o.routes {
		var route v1alpha1.FederationRoute
		if err := api.Get(c.Context(), client.ObjectKey{Namespace: namespace, Name: name}, &route); err != nil {
			return topology, nil, err
		}
		routes = append(routes, route)
	}
	return topology, routes, nil
}

// objectsIn reads YAML documents. Kinds other than the two are passed over.
func objectsIn(files []string) (topology v1alpha1.LyncTopology, routes []v1alpha1.FederationRoute, err error) {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return topology, nil, err
		}
		documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for {
			document, err := documents.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err == nil {
				err = take(document, &topology, &routes)
			}
			if err != nil {
				return topology, nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	switch {
	case topology.Name == "":
		return topology, nil, errors.New("the files hold no LyncTopology; add it, or name its file with a further --file")
	case len(routes) == 0:
		return topology, nil, errors.New("the files hold no FederationRoute; add one, or name its file with a further --file")
	}
	return topology, routes, nil
}

// take reads one document.
func take(document []byte, topology *v1alpha1.LyncTopology, routes *[]v1alpha1.FederationRoute) error {
	text, err := yaml.ToJSON(document)
	if err != nil {
		return err
	}
	var kind struct{ Kind string }
	if err := json.Unmarshal(text, &kind); err != nil {
		return err
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	switch kind.Kind {
	case "LyncTopology":
		if topology.Name != "" {
			return errors.New("it is the second LyncTopology; a kit is of one organization")
		}
		return strict.Decode(topology)
	case "FederationRoute":
		var route v1alpha1.FederationRoute
		err := strict.Decode(&route)
		*routes = append(*routes, route)
		return err
	}
	return nil
}
