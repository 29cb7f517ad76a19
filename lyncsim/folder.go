package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// writeFolder writes the files that clients of the organization need. Files with
// secrets are readable by their owner only.
func writeFolder(org *sim.Organization, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of --out: %w", err)
	}
	places, err := endpoints(org)
	if err != nil {
		return err
	}
	secrets, err := yaml.Marshal(map[string]any{"accounts": org.Accounts(), "dnsKeys": org.DNSKeys()})
	if err != nil {
		return err
	}
	objects, err := organization(org)
	if err != nil {
		return err
	}
	files, err := clientCertificates(org)
	if err != nil {
		return err
	}
	for _, f := range append(files, []file{
		{"ca.crt", org.CA().CertPEM(), 0o644},
		{"endpoints.json", places, 0o644},
		{"credentials.yaml", secrets, 0o600},
		{"organization.yaml", objects, 0o600},
	}...) {
		if err := writeWhole(filepath.Join(dir, f.name), f.text, f.mode); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}

type file struct {
	name string
	text []byte
	mode os.FileMode
}

// clientCertificates gives a pair of files for each account that is local to single
// machines.
func clientCertificates(org *sim.Organization) ([]file, error) {
	var files []file
	for _, a := range org.Accounts() {
		if len(a.Machines) == 0 {
			continue
		}
		leaf, err := org.ClientCertificate(a)
		if err != nil {
			return nil, err
		}
		name := strings.ToLower(a.Name)
		files = append(files, file{name + ".crt", leaf.CertPEM, 0o644}, file{name + ".key", leaf.KeyPEM, 0o600})
	}
	return files, nil
}

// writeWhole writes a file so that it appears under its name only when its text is
// complete.
func writeWhole(path string, text []byte, mode os.FileMode) error {
	part := path + ".part"
	if err := os.WriteFile(part, text, mode); err != nil {
		return err
	}
	if err := os.Chmod(part, mode); err != nil { // an old part file keeps its mode
		return err
	}
	return os.Rename(part, path)
}

// endpoints lists the addresses of all machines and services, without secrets.
func endpoints(org *sim.Organization) ([]byte, error) {
	raw, err := json.MarshalIndent(map[string]any{
		"name": org.Farm().Spec().Name, "admin": org.AdminURL(), "dns": org.DNSServers(),
		"machines": org.Endpoints(), "base": org.Addresses().Base,
	}, "", "  ")
	return append(raw, '\n'), err
}

// organization is the YAML that a person applies with kubectl so that the controller
// manages the organization: a LyncTopology and the Secret of the DNS key. Where a password
// alone reads nothing, the LyncTopology is for the endpoint kit, which makes the accounts
// and their Secrets. Elsewhere the Secrets of administrators are here, too.
func organization(org *sim.Organization) ([]byte, error) {
	spec := org.Farm().Spec()
	name := strings.ToLower(spec.Name)
	var docs []string
	add := func(object map[string]any) error {
		raw, err := yaml.Marshal(object)
		docs = append(docs, string(raw))
		return err
	}
	key := org.DNSKeys()[0]
	secrets := []secret{{name + "-dns", map[string]string{"name": key.Name, "algorithm": key.Algorithm, "secret": key.Secret}}}
	topology := kitTopology(org, name)
	if passwordsSuffice(spec) {
		secrets = append(secrets, administrators(org, name)...)
		topology = topologySpec(org, name)
	}
	for _, s := range secrets {
		if err := add(map[string]any{
			"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": map[string]any{"name": s.name}, "stringData": s.data,
		}); err != nil {
			return nil, err
		}
	}
	err := add(map[string]any{
		"apiVersion": "fedroute.io/v1alpha1", "kind": "LyncTopology", "metadata": map[string]any{"name": name},
		"spec": topology,
	})
	return []byte(strings.Join(docs, "---\n")), err
}

// secret is a Secret of the organization.
type secret struct {
	name string
	data map[string]string
}

// passwordsSuffice reports whether a session that was signed in over the network gets to
// Active Directory and the store.
func passwordsSuffice(s farm.Spec) bool {
	return s.ADReadableFromNetworkLogon && s.SQLReachableFromNetworkLogon
}

// administrators are the Secrets of an administrator of the domain and of the Edge servers.
func administrators(org *sim.Organization, name string) []secret {
	domain, local := org.DomainAccount(), org.LocalAccount()
	secrets := []secret{
		{name + "-management", map[string]string{"username": domain.Name, "password": domain.Password}},
		{name + "-edge", map[string]string{"username": local.Name, "password": local.Password}},
	}
	for _, e := range org.Endpoints() {
		if own, ok := ownAccount(org, e); ok {
			secrets = append(secrets, secret{edgeSecret(name, e), map[string]string{"username": own.Name, "password": own.Password}})
		}
	}
	return secrets
}

// ownAccount is the account of an Edge server that has another one than the first Edge
// server.
func ownAccount(org *sim.Organization, e sim.Endpoint) (farm.Account, bool) {
	if e.Role != farm.RoleEdge {
		return farm.Account{}, false
	}
	for _, a := range org.Accounts() {
		if slices.ContainsFunc(a.Machines, func(m string) bool { return strings.EqualFold(m, e.Machine) }) {
			return a, a.Password != org.LocalAccount().Password
		}
	}
	return farm.Account{}, false
}

// edgeSecret is the name of the Secret of such an Edge server.
func edgeSecret(organization string, e sim.Endpoint) string {
	host, _, _ := strings.Cut(e.Machine, ".")
	return organization + "-edge-" + strings.ToLower(host)
}

func topologySpec(org *sim.Organization, name string) map[string]any {
	var management, edges []map[string]any
	for _, e := range org.Endpoints() {
		if e.Role == farm.RoleEdge {
			edge := map[string]any{"fqdn": e.Machine, "url": e.URL, "serverName": e.Machine}
			if _, ok := ownAccount(org, e); ok {
				edge["authentication"] = authentication(edgeSecret(name, e))
			}
			edges = append(edges, edge)
			continue
		}
		at := map[string]any{"url": e.URL, "serverName": e.Machine}
		if e.Role == farm.RoleManagement {
			management = append([]map[string]any{at}, management...)
		} else {
			management = append(management, at)
		}
	}
	return map[string]any{
		"caBundle":    string(org.CA().CertPEM()),
		"management":  map[string]any{"endpoints": management, "authentication": authentication(name + "-management")},
		"edgeServers": map[string]any{"authentication": authentication(name + "-edge"), "overrides": edges},
	}
}

// kitTopology is a LyncTopology for sessions in the kit's session configuration, as a
// reader and an operator of the domain and of each Edge server.
func kitTopology(org *sim.Organization, name string) map[string]any {
	const configuration = "FedRoute"
	spec := topologySpec(org, name)
	management := map[string]any{"endpoints": spec["management"].(map[string]any)["endpoints"],
		"reader": authentication(name + "-reader"), "operator": authentication(name + "-operator")}
	for _, e := range management["endpoints"].([]map[string]any) {
		e["configuration"] = configuration
	}
	var edges []map[string]any
	for _, e := range org.Endpoints() {
		if e.Role == farm.RoleEdge {
			secret := edgeSecret(name, e)
			edges = append(edges, map[string]any{"fqdn": e.Machine, "url": e.URL, "serverName": e.Machine,
				"reader": authentication(secret + "-reader"), "operator": authentication(secret + "-operator")})
		}
	}
	return map[string]any{"caBundle": spec["caBundle"], "management": management,
		"edgeServers": map[string]any{"configuration": configuration, "overrides": edges}}
}

func authentication(secret string) map[string]any {
	return map[string]any{"method": "NTLM", "secretRef": map[string]any{"name": secret}}
}
