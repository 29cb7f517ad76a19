package apistore

import (
	"encoding/json"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// discover answers which kinds there are, for clients that look kinds up.
func (s *Store) discover(w http.ResponseWriter, r *http.Request) {
	var says any
	switch path := strings.Trim(r.URL.Path, "/"); {
	case path == "api":
		says = metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions", APIVersion: "v1"}, Versions: []string{"v1"}}
	case path == "apis":
		says = s.kinds.groups()
	case strings.HasPrefix(path, "api/"):
		says = s.kinds.resources(strings.TrimPrefix(path, "api/"))
	case strings.Count(path, "/") == 2:
		says = s.kinds.resources(strings.TrimPrefix(path, "apis/"))
	case path == "version":
		says = map[string]string{"major": "1", "minor": "37", "gitVersion": "v1.37.2"}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(says) // it is kept in memory
}

func (k *Kinds) groups() metav1.APIGroupList {
	list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	seen := map[string]bool{"": true}
	add := func(group, version string) {
		if seen[group] {
			return
		}
		seen[group] = true
		served := metav1.GroupVersionForDiscovery{GroupVersion: group + "/" + version, Version: version}
		list.Groups = append(list.Groups, metav1.APIGroup{Name: group, Versions: []metav1.GroupVersionForDiscovery{served}, PreferredVersion: served})
	}
	for _, b := range builtIns {
		add(b.version.Group, b.version.Version)
	}
	for _, crd := range k.crds {
		add(crd.Spec.Group, crd.Spec.Versions[0].Name)
	}
	return list
}

func (k *Kinds) resources(groupVersion string) metav1.APIResourceList {
	list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: groupVersion}
	verbs := metav1.Verbs{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	for _, b := range builtIns {
		if b.version.String() == groupVersion {
			list.APIResources = append(list.APIResources, metav1.APIResource{Name: b.plural, SingularName: strings.ToLower(b.kind().Kind),
				Kind: b.kind().Kind, Namespaced: b.namespaced, Verbs: verbs})
		}
	}
	for _, crd := range k.crds {
		version := crd.Spec.Versions[0]
		if crd.Spec.Group+"/"+version.Name != groupVersion {
			continue
		}
		resource := metav1.APIResource{Name: crd.Spec.Names.Plural, SingularName: crd.Spec.Names.Singular, Kind: crd.Spec.Names.Kind,
			Namespaced: crd.Spec.Scope == "Namespaced", Verbs: verbs, ShortNames: crd.Spec.Names.ShortNames}
		list.APIResources = append(list.APIResources, resource)
		if version.Subresources != nil && version.Subresources.Status != nil {
			resource.Name += "/status"
			resource.Verbs = metav1.Verbs{"get", "patch", "update"}
			list.APIResources = append(list.APIResources, resource)
		}
	}
	return list
}
