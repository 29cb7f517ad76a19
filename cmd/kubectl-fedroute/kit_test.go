package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const kitObjects = `apiVersion: v1
kind: Secret
metadata: {name: passed-over}
---
apiVersion: fedroute.io/v1alpha1
kind: LyncTopology
metadata: {name: contoso}
spec:
  management:
    endpoints:
    - url: https://fe1.contoso.com:5986/wsman
    - {url: "https://192.0.2.7:5986/wsman", serverName: FE2.contoso.com}
    reader: {method: Kerberos, secretRef: {name: r}}
    operator: {method: Kerberos, secretRef: {name: o}}
  edgeServers:
    authentication: {method: NTLM, secretRef: {name: e}}
    overrides:
    - fqdn: edge2.contoso.com
status:
  sites:
  - {name: Redmond, sipRoute: old.contoso.com}
  edgePools:
  - {fqdn: edge1.contoso.com, sip: true, xmpp: false, servers: [{fqdn: edge1.contoso.com, reachable: true, services: Running, replica: UpToDate}]}
---
apiVersion: fedroute.io/v1alpha1
kind: FederationRoute
metadata: {name: r}
spec:
  topologyRef: {name: contoso}
  edgePool: edge2.contoso.com
  standbyEdgePools: [edge1.contoso.com]
  sip: {domains: [{name: contoso.com}]}
  frontEndPools: [{fqdn: pool1.contoso.com}]
  dns:
    servers:
    - {zone: contoso.com, provider: DNSServerCmdlets, address: "dc1.contoso.com:53"}
    - {zone: fabrikam.com, address: "ns1.fabrikam.com:53", tsigSecretRef: {name: k}}
`

// runKit runs kubectl fedroute kit over the objects. It returns the folder.
func runKit(t *testing.T, objects string, arguments ...string) (folder, said string, err error) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "objects.yaml")
	if err := os.WriteFile(file, []byte(objects), 0o644); err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(dir, "out")
	var out bytes.Buffer
	c := newCommand()
	c.SetOut(&out)
	c.SetArgs(append([]string{"kit", "--file", file, "--out", folder, "--run-as", `CONTOSO\fedroute$`}, arguments...))
	err = c.Execute()
	return folder, out.String(), err
}

// TestKitHasEveryMachine: every server that fedroute signs in to gets a folder, and the
// functions accept the names that routes use and those where federation is now.
func TestKitHasEveryMachine(t *testing.T) {
	folder, said, err := runKit(t, kitObjects, "--edge-server", "edge3.contoso.com")
	if err != nil || !strings.Contains(said, "the kit of 6 machines") {
		t.Fatalf("%v: %s", err, said)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{"README.md", "dc1.contoso.com", "edge1.contoso.com", "edge2.contoso.com", "edge3.contoso.com", "fe1.contoso.com", "fe2.contoso.com", "ocspowershell"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for file, want := range map[string][]string{
		"fe2.contoso.com/FedRoute/FedRoute.limits.json": {`"redmond"`, `"edge1.contoso.com"`, `"edge2.contoso.com"`, `"old.contoso.com"`, `"pool1.contoso.com"`},
		"dc1.contoso.com/FedRoute/FedRoute.limits.json": {`"contoso.com"`, `"fabrikam.com"`},
		"edge3.contoso.com/FedRoute.pssc":               {`'EDGE3\FedRoute Readers'`, "RunAsVirtualAccount"},
		"fe1.contoso.com/FedRoute.pssc":                 {`'CONTOSO\FedRoute Operators'`, `'CONTOSO\fedroute$'`},
	} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Error(err)
		}
		for _, part := range want {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s has no %s:\n%s", file, part, text)
			}
		}
	}
}

func TestKitSaysWhatItLacks(t *testing.T) {
	for _, c := range []struct {
		reason, old, new, says string
		arguments              []string
	}{
		{"the organization was never read, and the routes want every site", "  - {name: Redmond, sipRoute: old.contoso.com}", "", "write --site", nil},
		{"an address is no name of a machine", ", serverName: FE2.contoso.com", "", "write its serverName", nil},
		{"a field that no object has", "edgePool: edge2", "edgepools: edge2", "unknown field", nil},
		{"no route", "kind: FederationRoute", "kind: Other", "no FederationRoute", nil},
		{"a name with a quotation mark", "x", "x", "no name of a run-as account", []string{"--run-as", `CONTOSO\it's$`}},
	} {
		folder, _, err := runKit(t, strings.Replace(kitObjects, c.old, c.new, 1), c.arguments...)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error saying %q", c.reason, err, c.says)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s: the folder was written", c.reason)
		}
	}
}
