package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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
	want := []string{"README.md", "domain", "edge1.contoso.com", "edge2.contoso.com", "edge3.contoso.com", "ocspowershell", "secrets"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for file, want := range map[string][]string{
		"domain/fe2.contoso.com/FedRoute/FedRoute.limits.json": {`"redmond"`, `"edge1.contoso.com"`, `"edge2.contoso.com"`, `"old.contoso.com"`, `"pool1.contoso.com"`},
		"domain/dc1.contoso.com/FedRoute/FedRoute.limits.json": {`"contoso.com"`, `"fabrikam.com"`},
		"edge3.contoso.com/FedRoute.pssc":                      {`'EDGE3\FedRoute Readers'`, "RunAsVirtualAccount"},
		"domain/fe1.contoso.com/FedRoute.pssc":                 {`'CONTOSO\FedRoute Operators'`, `'CONTOSO\fedroute$'`},
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

// TestAServerOfTwoRolesGetsBoth: a management server that is the Windows DNS server, too,
// has the functions of both in one module, and their names; its account needs both rights.
func TestAServerOfTwoRolesGetsBoth(t *testing.T) {
	objects := strings.Replace(kitObjects, "dc1.contoso.com:53", "FE1.contoso.com:53", 1)
	folder, said, err := runKit(t, objects, "--dns-run-as", `CONTOSO\dns$`)
	if err != nil || !strings.Contains(said, "the kit of 4 machines") {
		t.Fatalf("%v: %s", err, said)
	}
	for file, want := range map[string][]string{
		"domain/fe1.contoso.com/FedRoute/FedRoute.psm1":                          {"function Set-DnsRecords {", "function Set-SiteRoute {"},
		"domain/fe1.contoso.com/FedRoute/FedRoute.limits.json":                   {`"redmond"`, `"edge1.contoso.com"`, `"fabrikam.com"`},
		"domain/fe1.contoso.com/FedRoute/RoleCapabilities/FedRouteOperator.psrc": {"'Set-DnsRecords'", "'Set-SiteRoute'"},
		"domain/fe1.contoso.com/FedRoute.pssc":                                   {`'CONTOSO\fedroute$'`},
		"README.md":                                                              {"Grant-FedRoute.ps1", "Give fedroute$ the right to change the zone"},
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
		{"no route", "kind: FederationRoute", "kind: Other", "hold no FederationRoute; add one", nil},
		{"no topology", "kind: LyncTopology", "kind: Other", "hold no LyncTopology; add it", nil},
		{"a machine whose folder would lie elsewhere", "fqdn: edge2.contoso.com", "fqdn: ../edge2", "no name of a machine", nil},
		{"an Edge machine is no DNS server of the domain", "dc1.contoso.com:53", "edge2.contoso.com:53", "edge2.contoso.com: it is an Edge machine and has another role", nil},
		{"one Secret for accounts that differ", "secretRef: {name: e}", "secretRef: {name: r}", "the Secret r is named for the domain and for Edge machines", nil},
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

// TestKitHasTheAccounts: each Secret that the objects name gets a manifest, and the machines
// where its account must be get the same password, which only their owner may read.
func TestKitHasTheAccounts(t *testing.T) {
	const common = "authentication: {method: NTLM, secretRef: {name: e}}"
	for _, c := range []struct {
		reason, old, new string
		arguments        []string
		want             map[string]string // file: its text, with passwords numbered as they appear
	}{
		{"Kerberos in the domain, one account on all Edge machines", "", "", nil, map[string]string{
			"secrets/readers.yaml":           secretText("r", "fedroute-reader", "CONTOSO.COM", 1),
			"secrets/operators.yaml":         secretText("o", "fedroute-operator", "CONTOSO.COM", 2) + "---\n" + secretText("e", "fedroute-operator", "", 3),
			"domain/accounts.tsv":            "fedroute-operator\tFedRoute Operators\t2\nfedroute-reader\tFedRoute Readers\t1\n",
			"edge1.contoso.com/accounts.tsv": "fedroute-operator\tFedRoute Operators\t3\n",
			"edge2.contoso.com/accounts.tsv": "fedroute-operator\tFedRoute Operators\t3\n",
		}},
		{"an Edge machine has accounts of its own", "fqdn: edge2.contoso.com", "{fqdn: edge2.contoso.com, reader: {method: Basic, secretRef: {name: r2}}, operator: {method: Basic, secretRef: {name: o2}}}", nil, map[string]string{
			"secrets/readers.yaml":           secretText("r", "fedroute-reader", "CONTOSO.COM", 1) + "---\n" + secretText("r2", "fedroute-reader", "", 2),
			"secrets/operators.yaml":         secretText("o", "fedroute-operator", "CONTOSO.COM", 3) + "---\n" + secretText("e", "fedroute-operator", "", 4) + "---\n" + secretText("o2", "fedroute-operator", "", 5),
			"domain/accounts.tsv":            "fedroute-operator\tFedRoute Operators\t3\nfedroute-reader\tFedRoute Readers\t1\n",
			"edge1.contoso.com/accounts.tsv": "fedroute-operator\tFedRoute Operators\t4\n",
			"edge2.contoso.com/accounts.tsv": "fedroute-operator\tFedRoute Operators\t5\nfedroute-reader\tFedRoute Readers\t2\n",
		}},
		{"NTLM names the domain", "reader: {method: Kerberos", "reader: {method: NTLM", nil, map[string]string{
			"secrets/readers.yaml":           secretText("r", `CONTOSO\fedroute-reader`, "", 1),
			"secrets/operators.yaml":         secretText("o", "fedroute-operator", "CONTOSO.COM", 2) + "---\n" + secretText("e", "fedroute-operator", "", 3),
			"domain/accounts.tsv":            "fedroute-operator\tFedRoute Operators\t2\nfedroute-reader\tFedRoute Readers\t1\n",
			"edge1.contoso.com/accounts.tsv": "fedroute-operator\tFedRoute Operators\t3\n",
			"edge2.contoso.com/accounts.tsv": "fedroute-operator\tFedRoute Operators\t3\n",
		}},
		{"a certificate has no password, and one Secret serves both", "secretRef: {name: o}}\n  edgeServers:\n    " + common, "secretRef: {name: r}}\n  edgeServers:\n    authentication: {method: Certificate, secretRef: {name: e}}", nil, map[string]string{
			"secrets/operators.yaml": secretText("r", "fedroute-operator", "CONTOSO.COM", 1),
			"domain/accounts.tsv":    "fedroute-operator\tFedRoute Operators\t1\n",
		}},
		{"a perimeter domain of the Edge machines is not the kit's", common, "authentication: {method: Kerberos, secretRef: {name: e}}", nil, map[string]string{
			"secrets/readers.yaml":   secretText("r", "fedroute-reader", "CONTOSO.COM", 1),
			"secrets/operators.yaml": secretText("o", "fedroute-operator", "CONTOSO.COM", 2),
			"domain/accounts.tsv":    "fedroute-operator\tFedRoute Operators\t2\nfedroute-reader\tFedRoute Readers\t1\n",
		}},
		{"nobody asked for accounts", "", "", []string{"--accounts=false"}, map[string]string{}},
	} {
		folder, said, err := runKit(t, strings.Replace(kitObjects, c.old, c.new, 1), c.arguments...)
		if err != nil {
			t.Errorf("%s: %v", c.reason, err)
			continue
		}
		if warned := strings.Contains(said, "delete "+folder); warned != (len(c.want) > 0) {
			t.Errorf("%s: it says %q", c.reason, said)
		}
		got := map[string]string{}
		numbers := map[string]string{}
		for _, file := range []string{"secrets/readers.yaml", "secrets/operators.yaml", "domain/accounts.tsv", "edge1.contoso.com/accounts.tsv", "edge2.contoso.com/accounts.tsv"} {
			text, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				continue
			}
			info, err := os.Stat(filepath.Join(folder, file))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has mode %v (%v)", c.reason, file, info.Mode(), err)
			}
			got[file] = passwords.ReplaceAllStringFunc(strings.ReplaceAll(string(text), "\r\n", "\n"), func(found string) string {
				if numbers[found] == "" {
					numbers[found] = strconv.Itoa(len(numbers) + 1)
				}
				return numbers[found]
			})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

var passwords = regexp.MustCompile(`Fr1-[A-Z2-7]{26}`)

// secretText is the manifest of a Secret.
func secretText(name, username, realm string, password int) string {
	if realm != "" {
		realm = "  realm: '" + realm + "'\n"
	}
	return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata:\n  name: '%s'\ntype: Opaque\nstringData:\n  username: '%s'\n%s  password: '%d'\n", name, username, realm, password)
}
