// Package api_test checks which objects a real API server accepts and which it refuses.
package api_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/cluster"
)

var (
	api     *cluster.Cluster
	objects client.Client
)

const root = "../.."

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fedroute-api")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if api, err = cluster.Start(ctx, cluster.Bin(root), dir, filepath.Join(root, "config/crd/bases")); err == nil {
		defer api.Stop()
		objects, err = client.New(api.Config, client.Options{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

const goodRoute = `
apiVersion: fedroute.io/v1alpha1
kind: FederationRoute
metadata: {namespace: default, name: route}
spec:
  topologyRef: {name: contoso}
  edgePool: edge1.contoso.com
  sip:
    domains:
    - {name: contoso.com, host: sip.contoso.com}
  dns:
    servers:
    - {zone: contoso.com, address: "ns1.contoso.com:53", tsigSecretRef: {name: key}}
`

const goodTopology = `
apiVersion: fedroute.io/v1alpha1
kind: LyncTopology
metadata: {namespace: default, name: contoso}
spec:
  management:
    endpoints: [{url: "https://fe1.contoso.com:5986/wsman"}]
    authentication: {method: NTLM, secretRef: {name: manager}}
`

// badObject is a good object with one change that makes it bad, and what the refusal says.
type badObject struct {
	reason   string
	base     string
	old, new string
	says     string
}

// badObjects break each rule of the CRDs.
var badObjects = map[string]badObject{
	"no protocol":          {"a route must manage something", goodRoute, "  sip:\n    domains:\n    - {name: contoso.com, host: sip.contoso.com}\n", "", "add spec.sip, spec.xmpp or both"},
	"no domain":            {"a protocol needs a domain", goodRoute, "    domains:\n    - {name: contoso.com, host: sip.contoso.com}\n", "    sites: [Redmond]\n", "list at least one under domains"},
	"Edge pool of nobody":  {"a Front End pool uses a pool or its site's", goodRoute, "  sip:", "  frontEndPools: [{fqdn: fe1.contoso.com, edgePool: local}]\n  sip:", "or Local for the Edge pool of the Front End pool's own site"},
	"host outside domain":  {"an SRV target must lie in its domain", goodRoute, "sip.contoso.com", "sip.fabrikam.com", "choose a host below the domain"},
	"upper case":           {"names are compared as text", goodRoute, "edgePool: edge1.contoso.com", "edgePool: Edge1.contoso.com", "write it in lower case"},
	"short name":           {"a pool name needs its domain", goodRoute, "edgePool: edge1.contoso.com", "edgePool: edge1", "write it in lower case with its domain"},
	"URL as name":          {"a scheme is no part of a name", goodRoute, "edgePool: edge1.contoso.com", `edgePool: "https://edge1.contoso.com"`, "without scheme"},
	"approved in Enforce":  {"approval has no meaning there", goodRoute, "  sip:", "  approvedPlan: sha256-0123456789abcdef\n  sip:", "set spec.mode to Approve or remove spec.approvedPlan"},
	"no plan id":           {"an id is copied, not invented", goodRoute, "  sip:", "  mode: Approve\n  approvedPlan: yes-please\n  sip:", "copy it from status.plan.id"},
	"unknown mode":         {"modes are three", goodRoute, "  sip:", "  mode: Yolo\n  sip:", "supported values"},
	"no machine at all":    {"somebody must serve", goodRoute, "  sip:", "  minAvailable: 0\n  sip:", "write 1 or more, or per cent from 1% to 100%"},
	"more than all":        {"a pool has no more machines than it has", goodRoute, "  sip:", "  minAvailable: 101%\n  sip:", "write 1 or more, or per cent from 1% to 100%"},
	"a share of words":     {"a share has its sign", goodRoute, "  sip:", "  minAvailable: most\n  sip:", "write 1 or more, or per cent from 1% to 100%"},
	"unknown rollout":      {"rollouts are two", goodRoute, "  sip:", "  rollout: Slow\n  sip:", "supported values"},
	"no way to sign":       {"an unsigned update proves nothing", goodRoute, ", tsigSecretRef: {name: key}", "", "give the zone tsigSecretRef (a shared key) or gssTsig (Kerberos)"},
	"two ways to sign":     {"which of them", goodRoute, "tsigSecretRef: {name: key}", "tsigSecretRef: {name: key}, gssTsig: {secretRef: {name: account}}", "updates are signed in exactly one way"},
	"cmdlets that sign":    {"they run as somebody and sign nothing", goodRoute, "tsigSecretRef:", "provider: DNSServerCmdlets, tsigSecretRef:", "the cmdlets sign no updates; remove tsigSecretRef and gssTsig"},
	"updates by cmdlets":   {"an endpoint means cmdlets", goodRoute, "tsigSecretRef:", `endpoint: {url: "https://dc1.contoso.com:5986/wsman"}, tsigSecretRef:`, "endpoint and authentication are those of the cmdlets"},
	"cmdlets over http":    {"credentials would be seen", goodRoute, "tsigSecretRef: {name: key}", `provider: DNSServerCmdlets, authentication: {method: Basic, secretRef: {name: dns}}, endpoint: {url: "http://dc1.contoso.com:5985/wsman"}`, "use one of them, or the https listener"},
	"queries without key":  {"which key should sign them", goodRoute, "tsigSecretRef: {name: key}", "signQueries: true, gssTsig: {secretRef: {name: account}}", "queries are signed with the key of tsigSecretRef"},
	"zone in upper case":   {"names are compared as text", goodRoute, "zone: contoso.com", "zone: Contoso.com", "write it in lower case and without final dot, like contoso.com or _tcp.contoso.com"},
	"unknown provider":     {"there are two ways", goodRoute, "tsigSecretRef:", "provider: Pigeon, tsigSecretRef:", "supported values"},
	"account of nobody":    {"an account is named", goodRoute, "tsigSecretRef: {name: key}", "gssTsig: {serverName: dc1.contoso.com}", "secretRef"},
	"address without port": {"a server needs a port", goodRoute, "ns1.contoso.com:53", "ns1.contoso.com", "write it like ns1.contoso.com:53"},
	"move ttl of zero":     {"a TTL of zero is no cache at all", goodRoute, "  dns:\n", "  dns:\n    moveTTL: 0\n", "30 is usual for a move"},
	"move ttl not lower":   {"it would lower nothing", goodRoute, "  dns:\n", "  dns:\n    ttl: 60\n    moveTTL: 60\n", "moveTTL is not lower than ttl"},
	"ttl of zero":          {"a TTL of zero is no cache at all", goodRoute, "  dns:\n", "  dns:\n    ttl: 0\n", "write seconds between 1 and 86400"},
	"consent to nothing":   {"a hash is copied, not invented", goodRoute, "  dns:\n", "  dns:\n    adopt: everything\n", "copy it from the condition DNSPublished"},
	"priority of SIP":      {"a server asks one of them", goodRoute, "host: sip.contoso.com", "host: sip.contoso.com, standby: [{edgePool: edge2.contoso.com, priority: 10}]", "it is for spec.xmpp"},
	"standby in front":     {"a standby is asked after the host", goodRoute, "  sip:\n    domains:\n    - {name: contoso.com, host: sip.contoso.com}", "  xmpp:\n    domains:\n    - {name: contoso.com, priority: 10, standby: [{edgePool: edge2.contoso.com, priority: 10}]}", "give it a higher priority than the domain has"},
	"standby outside":      {"an SRV target must lie in its domain", goodRoute, "  sip:\n    domains:\n    - {name: contoso.com, host: sip.contoso.com}", "  xmpp:\n    domains:\n    - {name: contoso.com, standby: [{host: xmpp.fabrikam.com, priority: 10}]}", "choose a standby host below the domain"},
	"standby nowhere":      {"a record names a host", goodRoute, "  sip:\n    domains:\n    - {name: contoso.com, host: sip.contoso.com}", "  xmpp:\n    domains:\n    - {name: contoso.com, standby: [{priority: 10}]}", "give edgePool (then it is that pool's Access Edge name) or host"},
	"priority too large":   {"it has 16 bits", goodRoute, "host: sip.contoso.com", "host: sip.contoso.com, priority: 65536", "numbers between 0 and 65535"},
	"hasty interval":       {"servers are shared", goodRoute, "  sip:", "  interval: 1s\n  sip:", "write 5s or more"},
	"interval of words":    {"a duration has a unit", goodRoute, "  sip:", "  interval: soon\n  sip:", "interval"},
	"http, Basic":          {"credentials would be seen", goodTopology, "https://fe1.contoso.com:5986/wsman\"}]\n    authentication: {method: NTLM", "http://fe1.contoso.com:5985/wsman\"}]\n    authentication: {method: Basic", "use one of them, or the https listener"},
	"no URL":               {"a host is not a URL", goodTopology, "https://fe1.contoso.com:5986/wsman", "fe1.contoso.com", "write it like https://fe1.contoso.com:5986/wsman"},
	"principal of a realm": {"the realm is that of the account", goodTopology, `fe1.contoso.com:5986/wsman"`, `fe1.contoso.com:5986/wsman", spn: HTTP/fe1@CONTOSO.COM`, "write service and host without realm and port"},
	"path of a session":    {"a configuration has a name", goodTopology, `fe1.contoso.com:5986/wsman"`, `fe1.contoso.com:5986/wsman", configuration: ../FedRoute`, "use letters, digits, dots and hyphens"},
	"no endpoint":          {"somebody must be asked", goodTopology, `[{url: "https://fe1.contoso.com:5986/wsman"}]`, "[]", "should have at least 1 items"},
	"no certificate":       {"a bundle holds PEM", goodTopology, "  management:", "  caBundle: trust me\n  management:", "BEGIN CERTIFICATE"},
	"hasty poll":           {"a management server is shared", goodTopology, "  management:", "  pollInterval: 10ms\n  management:", "write 2s or more"},
	"override by http": {"credentials of Edge servers too", goodTopology, "  management:",
		"  edgeServers:\n    authentication: {method: Basic, secretRef: {name: edge}}\n    overrides: [{fqdn: edge1.contoso.com, url: \"http://edge1.contoso.com:5985/wsman\"}]\n  management:", "use one of them, or the https listener"},
	"own account by http": {"the account of one machine too", goodTopology, "  management:",
		"  edgeServers:\n    authentication: {method: NTLM, secretRef: {name: edge}}\n    overrides: [{fqdn: edge1.contoso.com, url: \"http://edge1.contoso.com:5985/wsman\", authentication: {method: Basic, secretRef: {name: edge1}}}]\n  management:", "use one of them, or the https listener"},
	"no account":         {"somebody must sign in", goodTopology, "    authentication: {method: NTLM, secretRef: {name: manager}}\n", "", "add authentication, or reader and operator"},
	"reader alone":       {"a failover needs somebody who changes", goodTopology, "authentication:", "reader:", "write authentication, or both reader and operator"},
	"three accounts":     {"which of them reads", goodTopology, "    authentication:", "    reader: {method: NTLM, secretRef: {name: r}}\n    operator: {method: NTLM, secretRef: {name: o}}\n    authentication:", "write authentication, or both reader and operator"},
	"operator over http": {"neither account may be seen", goodTopology, "https://fe1.contoso.com:5986/wsman\"}]\n    authentication: {method: NTLM, secretRef: {name: manager}}", "http://fe1.contoso.com:5985/wsman\"}]\n    reader: {method: NTLM, secretRef: {name: r}}\n    operator: {method: Certificate, secretRef: {name: o}}", "use one of them, or the https listener"},
	"ticket of NTLM":     {"NTLM has no ticket to hand over", goodTopology, `fe1.contoso.com:5986/wsman"`, `fe1.contoso.com:5986/wsman", delegate: true`, "sign in with Kerberos"},
	"principal of NTLM":  {"NTLM knows no principals", goodTopology, `fe1.contoso.com:5986/wsman"`, `fe1.contoso.com:5986/wsman", spn: WSMAN/fe1.contoso.com`, "sign in with Kerberos"},
	"address of words": {"an override holds addresses", goodTopology, "  management:",
		"  edgeServers:\n    authentication: {method: Basic, secretRef: {name: edge}}\n    overrides: [{fqdn: edge1.contoso.com, externalAddresses: [nowhere]}]\n  management:", "write one address per item"},
}

func (b badObject) text() string { return strings.Replace(b.base, b.old, b.new, 1) }

func TestBadObjectsAreRejectedWithWhatToWriteInstead(t *testing.T) {
	for name, c := range badObjects {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(c.base, c.old) {
				t.Fatalf("the case changes %q, which is not in the good object", c.old)
			}
			err := create(c.text())
			if !apierrors.IsInvalid(err) {
				t.Fatalf("%s: got %v, want it rejected as invalid", c.reason, err)
			}
			if !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.says)) {
				t.Errorf("%s: %q does not say %q", c.reason, err, c.says)
			}
		})
	}
}

func TestGoodObjectsAreAccepted(t *testing.T) {
	kerberos := strings.Replace(goodRoute, "tsigSecretRef: {name: key}", "gssTsig: {secretRef: {name: account}, serverName: dc1.contoso.com}", 1)
	cmdlets := strings.Replace(goodRoute, "tsigSecretRef: {name: key}", `provider: DNSServerCmdlets, endpoint: {url: "https://dc1.contoso.com:5986/wsman"}, authentication: {method: NTLM, secretRef: {name: dnsadmin}}`, 1)
	alone := strings.Replace(goodRoute, "tsigSecretRef: {name: key}", "provider: DNSServerCmdlets", 1)
	below := strings.Replace(goodRoute, "{zone: contoso.com", "{zone: _tcp.contoso.com, signQueries: true", 1)
	website := strings.Replace(goodRoute, "host: sip.contoso.com}", "host: contoso.com, apex: true, priority: 5, weight: 65535}", 1)
	spares := strings.Replace(strings.Replace(goodRoute, "  sip:", "  xmpp:", 1), "host: sip.contoso.com}", "host: sip.contoso.com, standby: [{edgePool: edge2.contoso.com, priority: 10}, {host: xmpp3.contoso.com, priority: 20, weight: 5}]}", 1)
	adopts := strings.Replace(goodRoute, "  dns:\n", "  dns:\n    adopt: sha256-0123456789abcdef\n", 1)
	unmeant := strings.Replace(goodRoute, "host: sip.contoso.com", "host: contoso.com", 1) // version 0.1 took it
	sealed := strings.Replace(goodTopology, "https://fe1.contoso.com:5986", "http://fe1.contoso.com:5985", 1)
	two := strings.Replace(goodTopology, "    authentication: {method: NTLM", "    operator: {method: Kerberos, secretRef: {name: o}}\n    reader: {method: Kerberos", 1)
	handed := strings.Replace(two, `5986/wsman"`, `5986/wsman", spn: WSMAN/fe1.contoso.com, delegate: true, configuration: FedRoute`, 1)
	ownSecrets := strings.Replace(goodTopology, "  management:", "  edgeServers:\n    overrides: [{fqdn: edge1.contoso.com, authentication: {method: NTLM, secretRef: {name: edge1}}}]\n  management:", 1)
	for _, text := range []string{goodRoute, goodTopology, kerberos, cmdlets, alone, sealed, two, handed, ownSecrets, below, website, unmeant, spares, adopts} {
		if err := create(text); err != nil {
			t.Errorf("rejected: %v", err)
		}
	}
}

func TestSamplesAreAccepted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "config/samples/*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("only %d samples were found (%v)", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "\n---\n") {
			var o unstructured.Unstructured
			if err := yaml.Unmarshal([]byte(part), &o.Object); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			o.SetNamespace("default")
			if err := objects.Create(t.Context(), &o, client.DryRunAll); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		}
	}
}

// create asks the server as a dry run, so that the cases do not affect each other.
func create(text string) error {
	var o unstructured.Unstructured
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		return err
	}
	return objects.Create(context.Background(), &o, client.DryRunAll)
}

func TestConfigAppliesWhole(t *testing.T) {
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), append([]string{"--kubeconfig", api.Kubeconfig}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("kubectl %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	// A dry run does not make the namespace that the other objects need.
	run("create", "namespace", "fedroute-system")
	out := run("apply", "--dry-run=server", "-k", filepath.Join(root, "config/default"))
	for _, want := range []string{"deployment.apps/fedroute-manager", "networkpolicy.networking.k8s.io/fedroute-manager", "poddisruptionbudget.policy/fedroute-manager",
		"clusterrole.rbac.authorization.k8s.io/fedroute-manager", "customresourcedefinition.apiextensions.k8s.io/federationroutes.fedroute.io"} {
		if !strings.Contains(out, want) {
			t.Errorf("config/default does not hold %s:\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		// kubectl did not install the CRDs here. A warning about that shows no fault in
		// them.
		if strings.Contains(line, "Warning") && !strings.Contains(line, "last-applied-configuration") {
			t.Errorf("the server warns about config/default: %s", line)
		}
	}
}

func TestEveryFieldIsDocumented(t *testing.T) {
	for _, kind := range []string{"federationroutes", "lynctopologies"} {
		text, err := os.ReadFile(filepath.Join(root, "config/crd/bases/fedroute.io_"+kind+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var crd map[string]any
		if err := yaml.Unmarshal(text, &crd); err != nil {
			t.Fatal(err)
		}
		versions, _, err := unstructured.NestedSlice(crd, "spec", "versions")
		if err != nil {
			t.Fatal(err)
		}
		schema, _, err := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema")
		if err != nil {
			t.Fatal(err)
		}
		undocumented(t, kind, schema)
	}
}

func undocumented(t *testing.T, path string, schema map[string]any) {
	t.Helper()
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		field := p.(map[string]any)
		if field["description"] == nil && name != "metadata" {
			t.Errorf("%s.%s has no description for kubectl explain", path, name)
		}
		undocumented(t, path+"."+name, field)
		if items, ok := field["items"].(map[string]any); ok {
			undocumented(t, path+"."+name+"[]", items)
		}
	}
}
