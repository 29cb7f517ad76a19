package sim

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/Azure/go-ntlmssp"
	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// edited is the smallest sample, changed by edit.
func edited(t *testing.T, edit func(*farm.Spec)) *Organization {
	t.Helper()
	spec, err := farm.Load(samples + "/one-site-two-pools.yaml")
	must(t, err)
	edit(&spec)
	o, err := Start(t.Context(), Config{Spec: spec})
	must(t, err)
	t.Cleanup(o.Close)
	return o
}

// TestPlainListener checks that every machine listens on 5985, as Windows does, takes
// sealed messages only there, and offers no method that could not seal.
func TestPlainListener(t *testing.T) {
	off := false
	cases := map[string]struct {
		reason string
		host   farm.HostSpec
		want   string
	}{
		"default":     {"the listener for HTTP offers what can seal", farm.HostSpec{}, "401 [Negotiate]"},
		"unencrypted": {"whoever allows unsealed messages allows Basic, too", farm.HostSpec{AllowUnencrypted: true}, `401 [Negotiate Basic realm="WSMAN"]`},
		"taken away":  {"an administrator may take it away", farm.HostSpec{HTTP: &off}, "none"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := edited(t, func(s *farm.Spec) { s.Hosts = []farm.HostSpec{c.host} })
			e := o.Endpoints()[0]
			got := "none"
			if e.HTTPURL != "" {
				response, err := http.Post(e.HTTPURL, "application/soap+xml", strings.NewReader("<x/>"))
				must(t, err)
				must(t, response.Body.Close())
				got = response.Status[:3] + " [" + strings.Join(response.Header.Values("WWW-Authenticate"), " ") + "]"
			}
			if got != c.want {
				t.Errorf("%s: %s, want %s", c.reason, got, c.want)
			}
			m, err := o.machine(e.Machine)
			must(t, err)
			var ports []uint16
			for _, l := range m.Listeners()[:2] {
				ports = append(ports, l.Port())
			}
			if listed := ports[0] == plainPort; listed != (c.want != "none") {
				t.Errorf("%s: netstat shows %v", c.reason, ports)
			}
		})
	}
}

// TestPlainListenerFollowsTheMachine checks that power and network are those of both
// listeners.
func TestPlainListenerFollowsTheMachine(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	m, err := o.machine("edge1.contoso.com")
	must(t, err)
	at := netip.AddrPortFrom(m.info.Address, plainPort).String()
	answers := func() bool {
		c, err := net.Dial("tcp", at)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
	do(t, o, "/machines/edge1.contoso.com/kill", "")
	if answers() {
		t.Error("a machine without power answers on 5985")
	}
	do(t, o, "/machines/edge1.contoso.com/return", `{"services": "start"}`)
	if !answers() {
		t.Error("a machine that came back does not answer on 5985")
	}
}

// TestLocalTokenPolicy checks who is an administrator over the network.
func TestLocalTokenPolicy(t *testing.T) {
	accounts := func(s *farm.Spec) {
		edge := []string{"edge1.contoso.com"}
		s.Accounts = []farm.Account{
			{Name: `CONTOSO\lyncadmin`, Groups: farm.AllRights()},
			{Name: `CONTOSO\helpdesk`},
			{Name: `CONTOSO\fedroute$`, AdministratorOf: []string{"*"}},
			{Name: "Administrator", Machines: edge, Groups: []string{farm.LocalAdministrator}},
			{Name: "fedroute", Machines: edge, Groups: []string{farm.LocalAdministrator, "Remote Management Users"}},
		}
	}
	policy := func(s *farm.Spec) {
		accounts(s)
		s.Hosts = []farm.HostSpec{{Machines: []string{"edge1.contoso.com"}, LocalAccountTokenFilterPolicy: true}}
	}
	cases := map[string]struct {
		reason        string
		edit          func(*farm.Spec)
		machine, user string
		want          []identity.Group
	}{
		"built in":           {"the built-in account keeps its token", accounts, "edge1.contoso.com", "Administrator", farm.Token("Administrators")},
		"another":            {"every other local account loses its rights over the network", accounts, "edge1.contoso.com", "fedroute", farm.Token("Remote Management Users")},
		"another, by policy": {"unless the policy gives them back", policy, "edge1.contoso.com", "fedroute", farm.Token("Administrators", "Remote Management Users")},
		"domain":             {"accounts of the domain are not filtered", accounts, "fe1.contoso.com", "lyncadmin", farm.Token(append(farm.AllRights(), "Administrators")...)},
		"no administrator":   {"an account without a group has none", accounts, "fe1.contoso.com", "helpdesk", nil},
		"managed account":    {"nobody signs in as a managed service account", accounts, "fe1.contoso.com", "fedroute$", farm.Token("nobody")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := edited(t, c.edit)
			m, err := o.machine(c.machine)
			must(t, err)
			account, ok := m.Lookup(c.user, "")
			if !ok {
				account.Groups = farm.Token("nobody")
			}
			if diff := cmp.Diff(c.want, account.Groups); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestWebAccountOwnsHTTP checks which names of a machine its Kerberos acceptor takes.
func TestWebAccountOwnsHTTP(t *testing.T) {
	o := &Organization{spec: farm.Spec{WebAccountOwnsHTTP: true}}
	standard := farm.Machine{FQDN: "fe1.contoso.com", Pool: "FE1.contoso.com"}
	if got := o.serviceNames(standard); strings.Contains(strings.Join(got, " "), "HTTP/") {
		t.Errorf("a pool of one server shares its name with the web account, which owns HTTP/: %v", got)
	}
	enterprise := farm.Machine{FQDN: "fe1.contoso.com", Pool: "pool.contoso.com"}
	if got := o.serviceNames(enterprise)[0]; got != "HTTP/fe1.contoso.com" {
		t.Errorf("the web account owns the pool's name, not the server's: %s", got)
	}
	o.spec.WebAccountOwnsHTTP = false
	if got := o.serviceNames(standard)[0]; got != "HTTP/fe1.contoso.com" {
		t.Errorf("without a web account HTTP/ is the machine's: %s", got)
	}
}

// TestServicesAreForAdministrators checks that Get-Service lists services to those who may
// open the service control manager.
func TestServicesAreForAdministrators(t *testing.T) {
	cases := map[string]struct {
		reason string
		who    identity.Identity
		want   string
	}{
		"administrator": {"an administrator sees them over the network", identity.Identity{Account: `CONTOSO\anna`, Groups: farm.Token(farm.LocalAdministrator)}, "RTCSRV"},
		"others":        {"nobody else does", identity.Identity{Account: `CONTOSO\anna`, Groups: farm.Token(farm.ServerAdmins)}, "InvalidOperationException -2146233079 5"},
		"console":       {"at the machine itself everybody does", identity.Identity{Account: `CONTOSO\anna`, SignIn: identity.Console}, "RTCSRV"},
	}
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	m, err := o.machine("edge1.contoso.com")
	must(t, err)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			const script = `try { (Get-Service RTCSRV).Name } catch { $e = $_.Exception; '{0} {1} {2}' -f $e.GetType().Name, $e.HResult, $e.InnerException.NativeErrorCode }`
			var out, errs bytes.Buffer
			rs, err := m.runspace(t.Context(), console.Invocation{Who: c.who, Stdout: &out, Stderr: &errs}, powershell.Recorded)
			must(t, err)
			defer rs.Close()
			rs.Run(t.Context(), script)
			if got := strings.TrimSpace(out.String()); got != c.want {
				t.Errorf("%s: %q and %q, want %q", c.reason, got, errs.String(), c.want)
			}
		})
	}
}

// TestBindingLevel has a client that binds its sign-in to nothing sign in over HTTPS.
func TestBindingLevel(t *testing.T) {
	cases := map[string]struct {
		reason, level string
		want          int
	}{
		"default": {"Relaxed takes it", "", http.StatusOK},
		"strict":  {"Strict does not", "Strict", http.StatusUnauthorized},
		"none":    {"with None nobody looks", "None", http.StatusOK},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := edited(t, func(s *farm.Spec) { s.Hosts = []farm.HostSpec{{CbtHardeningLevel: c.level}} })
			e := o.Endpoints()[0]
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: o.CA().Pool(), ServerName: e.Machine, MinVersion: tls.VersionTLS12}}
			defer transport.CloseIdleConnections()
			request, err := http.NewRequest(http.MethodPost, e.URL, nil)
			must(t, err)
			request.SetBasicAuth(o.DomainAccount().Name, o.DomainAccount().Password)
			response, err := (&http.Client{Transport: ntlmssp.Negotiator{RoundTripper: transport}}).Do(request)
			must(t, err)
			must(t, response.Body.Close())
			if response.StatusCode != c.want {
				t.Errorf("%s: %s, want %d", c.reason, response.Status, c.want)
			}
		})
	}
}
