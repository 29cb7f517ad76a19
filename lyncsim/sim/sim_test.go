package sim

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

const samples = "../samples"

// newOrganization starts a sample on addresses of its own.
func newOrganization(t *testing.T, sample string, clock farm.Clock) *Organization {
	t.Helper()
	spec, err := farm.Load(filepath.Join(samples, sample))
	must(t, err)
	o, err := Start(t.Context(), Config{Spec: spec, Clock: clock, Seed: 1})
	must(t, err)
	t.Cleanup(o.Close)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// call uses the admin endpoint and returns status and body.
func call(t *testing.T, o *Organization, method, path, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, o.AdminURL()+path, strings.NewReader(body))
	must(t, err)
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(text)
}

func do(t *testing.T, o *Organization, path, body string) {
	t.Helper()
	if status, text := call(t, o, "POST", path, body); status != http.StatusOK {
		t.Fatalf("POST %s: %d %s", path, status, text)
	}
}

func TestEverySampleStarts(t *testing.T) {
	for _, sample := range []string{"one-site-two-pools.yaml", "three-sites-four-pools.yaml", "sfb2019-no-xmpp.yaml"} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			o := newOrganization(t, sample, nil)
			client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.CA().Pool()}}}
			for _, e := range o.Endpoints() {
				resp, err := client.Post(e.URL, "application/soap+xml", nil)
				must(t, err)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusUnauthorized {
					t.Errorf("WinRM of %s lets strangers in: %s", e.Machine, resp.Status)
				}
			}
			for _, at := range o.State().OpenPorts {
				c, err := net.Dial("tcp", at)
				must(t, err)
				_ = c.Close()
			}
			for _, at := range o.DNSServers() {
				c, err := net.Dial("tcp", at)
				must(t, err)
				_ = c.Close()
			}
		})
	}
}

func TestPublishedRecords(t *testing.T) {
	o := newOrganization(t, "three-sites-four-pools.yaml", nil)
	cases := map[string]struct {
		reason, name, kind string
		want               int
	}{
		"SIP":            {"every SIP domain has its SRV record", "_sipfederationtls._tcp.northwind.com", "SRV", 1},
		"second domain":  {"an SRV target lies in its own domain", "_sipfederationtls._tcp.tailspin.com", "SRV", 1},
		"XMPP":           {"every XMPP domain has its SRV record", "_xmpp-server._tcp.tailspin.com", "SRV", 1},
		"access edge":    {"DNS load balancing is one address per server", "access-ams.northwind.com", "A", 3},
		"second host":    {"the second domain's host has the same addresses", "sip.tailspin.com", "A", 3},
		"not in service": {"a pool that no route names is not published", "access-fra.northwind.com", "A", 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := o.Zones().Lookup(tc.name, tc.kind); len(got) != tc.want {
				t.Errorf("%s: %s %s is %v", tc.reason, tc.name, tc.kind, got)
			}
		})
	}
	if got := o.Zones().Lookup("_sipfederationtls._tcp.tailspin.com", "SRV"); !strings.Contains(got[0], "sip.tailspin.com") {
		t.Errorf("the target lies in another domain: %v", got)
	}
}

func TestKilledMachineIsGone(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	m, err := o.machine("edge1.contoso.com")
	must(t, err)
	winrm := m.server.Address()
	do(t, o, "/pools/edge1.contoso.com/kill", "")
	if c, err := net.Dial("tcp", winrm); err == nil {
		_ = c.Close()
		t.Error("a machine without power answers WinRM")
	}
	if got := o.State().OpenPorts; len(got) != 0 {
		t.Errorf("a machine without power serves %v", got)
	}
	do(t, o, "/pools/edge1.contoso.com/return", `{"services": "stay-stopped"}`)
	c, err := net.Dial("tcp", winrm)
	must(t, err)
	_ = c.Close()
	if got := o.State().OpenPorts; len(got) != 0 {
		t.Errorf("the services were to stay stopped, and it serves %v", got)
	}
	do(t, o, "/machines/edge1.contoso.com/services/start", "")
	if got := o.State().OpenPorts; len(got) != 2 {
		t.Errorf("with its services started it serves %v", got)
	}
}

func TestCloseFreesEverything(t *testing.T) {
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	first, err := Start(t.Context(), Config{Spec: spec})
	must(t, err)
	base := first.Addresses().Base
	_, err = Start(t.Context(), Config{Spec: spec, Base: base})
	if err == nil || !strings.Contains(err.Error(), "another simulated organization has them") {
		t.Errorf("the same addresses twice: %v", err)
	}
	first.Close()
	second, err := Start(t.Context(), Config{Spec: spec, Base: base})
	must(t, err)
	second.Close()
}

func TestContextEndsTheOrganization(t *testing.T) {
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	o, err := Start(ctx, Config{Spec: spec})
	must(t, err)
	cancel()
	// The organization closes in the background. It is done once the admin port is free.
	for {
		c, err := net.Dial("tcp", strings.TrimPrefix(o.AdminURL(), "http://"))
		if err != nil {
			break
		}
		_ = c.Close()
	}
	o.Close()
}

func TestAccounts(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	cases := map[string]struct {
		reason, machine, user, domain string
		want                          bool
	}{
		"domain on FE":        {"domain machines know the domain", "fe1.contoso.com", "lyncadmin", "CONTOSO", true},
		"domain, other case":  {"names have no case", "fe1.contoso.com", "LyncAdmin", "contoso", true},
		"UPN":                 {"the domain's DNS name is good too", "fe1.contoso.com", "lyncadmin@contoso.com", "", true},
		"no domain":           {"a bare name is looked up in the domain", "fe1.contoso.com", "lyncadmin", "", true},
		"domain on Edge":      {"an Edge server is in a workgroup", "edge1.contoso.com", "lyncadmin", "CONTOSO", false},
		"local on Edge":       {"local accounts live on their machine", "edge1.contoso.com", "Administrator", "", true},
		"local, by machine":   {"the machine's name is a local account's domain", "edge1.contoso.com", "Administrator", "EDGE1", true},
		"local elsewhere":     {"a local account is unknown elsewhere", "fe1.contoso.com", "Administrator", "", false},
		"local, other domain": {"a local account has no other domain", "edge1.contoso.com", "Administrator", "EDGE2", false},
		"stranger":            {"nobody else comes in", "fe1.contoso.com", "guest", "CONTOSO", false},
		"other domain":        {"another domain is another domain", "fe1.contoso.com", "lyncadmin", "FABRIKAM", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			m, err := o.machine(tc.machine)
			must(t, err)
			a, ok := m.Lookup(tc.user, tc.domain)
			if ok != tc.want {
				t.Errorf("%s: found %t", tc.reason, ok)
			}
			if ok && a.Password == "" {
				t.Errorf("%s: the account has no password", tc.reason)
			}
		})
	}
}

func TestDNSMovedTooEarly(t *testing.T) {
	cases := map[string]struct {
		reason string
		to     func(*Organization) string
		by     dns.Entry // the account that made the change
		want   []string
	}{
		"closed ports": {"a pool that does not serve must not be published", edgeAddress("edge2.contoso.com"),
			dns.Entry{By: "fedroute", Server: "127.0.0.1:5300"}, []string{"I1", "I1"}},
		"open ports": {"the pool in service may", edgeAddress("edge1.contoso.com"),
			dns.Entry{By: "fedroute", Server: "127.0.0.1:5300"}, nil},
		"spare": {"partners do not ask a record while one of a lower priority has a host that answers", edgeAddress("edge2.contoso.com"),
			dns.Entry{By: "fedroute", Server: "127.0.0.1:5300"}, nil},
		"a person": {"what a person does by hand breaks no promise of the product", edgeAddress("edge2.contoso.com"),
			dns.Entry{By: "anna"}, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t, "one-site-two-pools.yaml", nil)
			address := tc.to(o)
			host := "sip.contoso.com"
			if name == "spare" {
				host = "spare.contoso.com"
				for _, service := range []string{"_sipfederationtls._tcp.contoso.com", "_xmpp-server._tcp.contoso.com"} {
					must(t, o.Zones().Set("anna", service, "SRV", 300, append(o.Zones().Lookup(service, "SRV"), "10 0 5061 spare.contoso.com.")...))
				}
			}
			must(t, o.Zones().Set("anna", host, "A", 300, address))
			tc.by.Zone, tc.by.Changes = "contoso.com", []string{"+" + host + " 300 A " + address}
			o.dns.watch(tc.by)
			var got []string
			for _, v := range o.farm.Violations() {
				got = append(got, v.Invariant)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%+v", tc.reason, diff, o.farm.Violations())
			}
		})
	}
}

func edgeAddress(fqdn string) func(*Organization) string {
	return func(o *Organization) string {
		for _, e := range o.Endpoints() {
			if e.Machine == fqdn {
				return e.PublicAddress.String()
			}
		}
		return ""
	}
}

func TestAdminChanges(t *testing.T) {
	cases := map[string]struct {
		reason, path, body string
		seen               func(State) any
		want               any
	}{
		"route": {"a person moves a route", "/sites/Redmond/route", `{"protocol": "XMPP", "pool": "edge2.contoso.com"}`,
			func(s State) any { return s.Sites[0].XMPPRoute }, "edge2.contoso.com"},
		"flags": {"a person ticks a box", "/edgepools/edge2.contoso.com/flags", `{"federation": true}`,
			func(s State) any { return s.EdgePools[1].SIP }, true},
		"flags keep URLs": {"Topology Builder keeps the simple URLs", "/edgepools/edge2.contoso.com/flags", `{"xmpp": true}`,
			func(s State) any { return len(s.LostURLs) }, 0},
		"next hop": {"a person moves the next hop", "/edgepools/edge2.contoso.com/nexthop", `{"pool": "fe2.contoso.com"}`,
			func(s State) any { return s.EdgePools[1].NextHop }, "fe2.contoso.com"},
		"association": {"a person sets all three links", "/frontendpools/fe1.contoso.com/association", `{"edgePool": "edge2.contoso.com"}`,
			func(s State) any {
				p := s.FrontEndPools[0]
				return []string{p.Registrar, p.Conferencing, p.Mediation}
			}, []string{"edge2.contoso.com", "edge2.contoso.com", "edge2.contoso.com"}},
		"pool state": {"a person sets a pool's state", "/frontendpools/fe1.contoso.com/state", `{"state": "FailedOver"}`,
			func(s State) any { return s.FrontEndPools[0].State }, farm.PoolFailedOver},
		"switch": {"a person turns federation off", "/federation", `{"allowFederatedUsers": false}`,
			func(s State) any { return s.Federated }, false},
		"CMS": {"a person fails the CMS over", "/centralmanagement", `{"pool": "fe2.contoso.com"}`,
			func(s State) any { return s.CMSPool }, "fe2.contoso.com"},
		"rename": {"a machine gets another name", "/machines/edge2.contoso.com/rename", `{"hostName": "edge2"}`,
			func(s State) any { return hostNameOf(s, "edge2.contoso.com") }, "edge2"},
		"fault": {"a fault is armed", "/faults", `{"kind": "PublishFails"}`,
			func(s State) any { return s.Faults }, []farm.Fault{{Kind: farm.FaultPublishFails, Times: 1}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrganization(t, "one-site-two-pools.yaml", nil)
			do(t, o, tc.path+"?as=anna", tc.body)
			if diff := cmp.Diff(tc.want, tc.seen(o.State())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			for _, e := range o.farm.Journal() {
				if e.Actor.User != "anna" {
					t.Errorf("%s: the journal names %s", tc.reason, e.Actor)
				}
			}
		})
	}
}

func hostNameOf(s State, fqdn string) string {
	for _, m := range s.Machines {
		if m.FQDN == fqdn {
			return m.HostName
		}
	}
	return ""
}

func TestSessionConfigurationsAreInstalled(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "Demo.pssc"), []byte("@{ SessionType = 'RestrictedRemoteServer' }"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	do(t, o, "/machines/edge1.contoso.com/session-configurations", fmt.Sprintf(`{"folder": %q}`, folder))
	for _, e := range o.State().Endpoints {
		var want []string
		if e.Machine == "edge1.contoso.com" {
			want = []string{"Demo"}
		}
		if diff := cmp.Diff(want, e.SessionConfigurations); diff != "" {
			t.Errorf("%s (-want +got):\n%s", e.Machine, diff)
		}
	}
	if got, text := call(t, o, "POST", "/machines/edge1.contoso.com/session-configurations", fmt.Sprintf(`{"folder": %q}`, t.TempDir())); got != 400 {
		t.Errorf("an empty folder: %d %s", got, text)
	}
}

// TestAPersonSitsAtTheConsole: whoever sits there reads the store, which a password over the
// network does not.
func TestAPersonSitsAtTheConsole(t *testing.T) {
	o := newOrganization(t, "enterprise-second-hop.yaml", nil)
	status, text := call(t, o, "POST", "/machines/fe1.litware.com/console", `{"script": "(Get-CsSite).Identity; Get-CsSite -Identity Nowhere; exit 3"}`)
	var got struct {
		Output, Errors string
		ExitCode       int
	}
	must(t, json.Unmarshal([]byte(text), &got))
	if status != http.StatusOK || strings.TrimSpace(got.Output) != "Site:Seattle" || got.Errors == "" || got.ExitCode != 3 {
		t.Errorf("%d %+v", status, got)
	}
	if status, text := call(t, o, "POST", "/machines/x/console", `{"script": "1"}`); status != 400 {
		t.Errorf("no such machine: %d %s", status, text)
	}
}

// TestAKitIsInstalled: the accounts of a kit's files are there afterwards, with their
// passwords, and every machine has its session configuration. The right to change is given
// apart.
func TestAKitIsInstalled(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"edge1.litware.com/FedRoute.pssc":       "@{ SessionType = 'RestrictedRemoteServer' }",
		"edge1.litware.com/accounts.tsv":        "fedroute-reader\tFedRoute Readers\tone\r\n",
		"domain/fe1.litware.com/FedRoute.pssc":  "@{ SessionType = 'RestrictedRemoteServer' }",
		"domain/fe1.litware.com/FedRoute/x.txt": "no module",
		"domain/accounts.tsv":                   "fedroute-reader\tFedRoute Readers\ttwo\r\n",
		"domain/domain.json":                    `{"Domain": "LITWARE", "ServiceAccounts": [{"Name": "fedroute", "Servers": ["fe1.litware.com"], "Reads": ["A"], "Changes": ["B"]}], "Groups": []}`,
	} {
		path := filepath.Join(folder, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	o := newOrganization(t, "enterprise-second-hop.yaml", nil)
	before := len(o.Accounts())
	install := func(more string) []farm.Account {
		do(t, o, "/kit", fmt.Sprintf(`{"folder": %q%s}`, folder, more))
		return o.Accounts()[before:]
	}
	service := farm.Account{Name: `LITWARE\fedroute$`, Groups: []string{"A"}, UsableOn: []string{"fe1.litware.com"}}
	want := []farm.Account{
		service,
		{Name: `LITWARE\fedroute-reader`, Groups: []string{"FedRoute Readers"}, Password: "two"},
		{Name: "fedroute-reader", Groups: []string{"FedRoute Readers"}, Password: "one", Machines: []string{"edge1.litware.com"}},
	}
	if diff := cmp.Diff(want, install("")); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	if o.farm.SetupPermissionGranted() {
		t.Error("the right to enable a topology was given with the kit")
	}
	want[0].Groups, want[0].AdministratorOf = []string{"B"}, service.UsableOn
	if diff := cmp.Diff(want, install(`, "change": true`)); diff != "" {
		t.Errorf("with the right to change (-want +got):\n%s", diff)
	}
	if !o.farm.SetupPermissionGranted() {
		t.Error("the right to enable a topology was not given")
	}
	var there []string
	for _, e := range o.State().Endpoints {
		if len(e.SessionConfigurations) > 0 {
			there = append(there, e.Machine)
		}
	}
	if diff := cmp.Diff([]string{"fe1.litware.com", "edge1.litware.com"}, there); diff != "" {
		t.Errorf("machines with a session configuration (-want +got):\n%s", diff)
	}
	must(t, os.WriteFile(filepath.Join(folder, "domain/domain.json"), []byte(`{"Domain": "FABRIKAM"}`), 0o600))
	if got, text := call(t, o, "POST", "/kit", fmt.Sprintf(`{"folder": %q}`, folder)); got != 400 || !strings.Contains(text, "it is of the domain FABRIKAM") {
		t.Errorf("a kit of another domain: %d %s", got, text)
	}
	if got, text := call(t, o, "POST", "/kit", fmt.Sprintf(`{"folder": %q}`, t.TempDir())); got != 400 {
		t.Errorf("an empty folder: %d %s", got, text)
	}
}

func TestAdminRefuses(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	cases := map[string]struct {
		reason, method, path, body string
		want                       int
	}{
		"no such pool":    {"a pool has machines", "POST", "/pools/x/kill", "", 400},
		"no such machine": {"a machine exists", "POST", "/machines/x/kill", "", 400},
		"no such act":     {"acts are a closed list", "POST", "/machines/edge1.contoso.com/explode", "", 400},
		"no such site":    {"a site exists", "POST", "/sites/Oslo/route", `{"pool": "edge1.contoso.com"}`, 400},
		"protocol":        {"there are two protocols", "POST", "/sites/Redmond/route", `{"protocol": "SMTP"}`, 400},
		"typo":            {"a misspelt field is not ignored", "POST", "/sites/Redmond/route", `{"pol": "edge1.contoso.com"}`, 400},
		"no JSON":         {"a body is JSON", "POST", "/faults", `kind=x`, 400},
		"real clock":      {"the real clock cannot be advanced", "POST", "/clock/advance", `{"by": "1m"}`, 409},
		"services":        {"services start or stop", "POST", "/machines/edge1.contoso.com/services/pause", "", 400},
		"DNS server":      {"DNS servers have numbers", "POST", "/dns/servers/7", `{}`, 400},
		"DNS fault":       {"DNS faults are a closed list", "POST", "/dns/servers/1", `{"fault": "Rain"}`, 400},
		"unknown path":    {"paths are a closed list", "GET", "/secrets", "", 404},
		"wrong method":    {"reading changes nothing", "GET", "/replication/stop", "", 405},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got, text := call(t, o, tc.method, tc.path, tc.body); got != tc.want {
				t.Errorf("%s: %d %s, want %d", tc.reason, got, text, tc.want)
			}
		})
	}
}

func TestAdminKeepsWebPagesOut(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	cases := map[string]struct {
		reason string
		edit   func(*http.Request)
	}{
		"origin":  {"a browser names the page that asks", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
		"rebound": {"a name that points at loopback is not this machine", func(r *http.Request) { r.Host = "evil.example:8480" }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), "POST", o.AdminURL()+"/pools/edge1.contoso.com/kill", nil)
			must(t, err)
			tc.edit(r)
			resp, err := http.DefaultClient.Do(r)
			must(t, err)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s", tc.reason, resp.Status)
			}
		})
	}
	if len(o.farm.Journal()) != 0 {
		t.Error("a refused request changed something")
	}
}

func TestAdminShowsNoSecret(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	for _, path := range []string{"/", "/state", "/writes", "/counters", "/violations", "/invariants", "/visitors", "/dns/records", "/dns/changes", "/faults"} {
		status, text := call(t, o, "GET", path, "")
		if status != http.StatusOK || !json.Valid([]byte(text)) {
			t.Errorf("GET %s: %d %s", path, status, text)
		}
		for _, a := range o.Accounts() {
			if strings.Contains(text, a.Password) {
				t.Errorf("GET %s shows the password of %s", path, a.Name)
			}
		}
		if strings.Contains(text, o.DNSKeys()[0].Secret) {
			t.Errorf("GET %s shows the DNS key", path)
		}
	}
}

func TestManualClockThroughTheAdminEndpoint(t *testing.T) {
	start := time.Now()
	clock := farm.NewManualClock(start)
	o := newOrganization(t, "one-site-two-pools.yaml", clock)
	do(t, o, "/clock/advance", `{"by": "10m"}`)
	if got := o.State().Now; !got.Equal(start.Add(10 * time.Minute)) {
		t.Errorf("the clock shows %s", got)
	}
}

func TestInvariants(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	anna := farm.Actor{User: "anna"}
	raw := o.farm.Truth().Published.Bytes()
	_, err := o.farm.Publish(t.Context(), anna, raw)
	must(t, err)
	_, err = o.farm.Publish(t.Context(), anna, bytes.Clone(raw))
	must(t, err)
	got := map[string]bool{}
	for _, i := range o.Invariants() {
		got[i.ID] = i.Holds
	}
	want := map[string]bool{"I1": true, "I2": false, "I4": false, "I7": true, "I8": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a stale publish (-want +got):\n%s", diff)
	}
}
