package reach

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
)

// policy makes a Policy of flags as they are written. "" leaves a default.
func policy(t *testing.T, deny, allow, ports string, api ...string) *Policy {
	t.Helper()
	d, a, p := Denied(), CIDRs{}, Known()
	for flag, text := range map[interface{ Set(string) error }]string{&d: deny, &a: allow, &p: ports} {
		if text == "" {
			continue
		}
		if err := flag.Set(text); err != nil {
			t.Fatal(err)
		}
	}
	return New(d, a, p, api...)
}

func TestWhatMayBeReached(t *testing.T) {
	const chart = "169.254.0.0/16,fe80::/10,0.0.0.0/8,::/128,127.0.0.0/8,::1/128,10.96.0.0/12"
	const api = "192.0.2.10:443"
	cases := map[string]struct {
		reason      string
		deny, allow string
		ports       string
		address     string
		denied      string // "": it may be reached
	}{
		"a farm":               {"what is not denied is allowed", "", "", "", "10.1.2.3:5986", ""},
		"credentials":          {"clouds hand them out there", "", "", "", "169.254.169.254:443", "addresses in 169.254.0.0/16"},
		"inside IPv6":          {"the same address in other clothes", "", "", "", "[::ffff:169.254.169.254]:443", "addresses in 169.254.0.0/16"},
		"through a gateway":    {"NAT64 leads to the same address", "", "", "", "[64:ff9b::a9fe:a9fe]:443", "addresses in 169.254.0.0/16"},
		"with a zone":          {"a zone takes no address out of its range", "", "", "", "[fe80::1%eth0]:443", "addresses in fe80::/10"},
		"unspecified":          {"Linux connects to itself", "", "", "", "0.0.0.0:443", "addresses in 0.0.0.0/8"},
		"unspecified IPv6":     {"Linux connects to itself", "", "", "", "[::]:443", "addresses in ::/128"},
		"loopback by default":  {"a manager outside a cluster may work on its own machine", "", "", "", "127.0.0.1:5986", ""},
		"loopback in a pod":    {"the manifests deny it", chart, "", "", "127.0.0.1:5986", "addresses in 127.0.0.0/8"},
		"loopback IPv6":        {"the manifests deny it", chart, "", "", "[::1]:5986", "addresses in ::1/128"},
		"a service":            {"the manifests deny the cluster's own", chart, "", "", "10.97.1.2:443", "addresses in 10.96.0.0/12"},
		"allowed all the same": {"a narrower flag wins", chart, "10.97.1.0/24", "", "10.97.1.2:443", ""},
		"one address allowed":  {"an address is a range of one", chart, "10.97.1.2", "", "10.97.1.3:443", "addresses in 10.96.0.0/12"},
		"only what is allowed": {"denying all makes a list of what may be reached", "0.0.0.0/0,::/0", "10.1.0.0/16", "", "10.2.0.1:443", "addresses in 0.0.0.0/0"},
		"and that":             {"denying all makes a list of what may be reached", "0.0.0.0/0,::/0", "10.1.0.0/16", "", "10.1.0.1:443", ""},
		"another port":         {"etcd is none of our services", "", "", "", "10.1.2.3:2379", "port 2379"},
		"a port more":          {"the flag adds", "", "", "5300", "10.1.2.3:5300", ""},
		"the known ones stay":  {"the flag adds", "", "", "5300", "10.1.2.3:53", ""},
		"ports":                {"as a range", "", "", "8000-8010", "10.1.2.3:8010", ""},
		"beyond":               {"as a range", "", "", "8000-8010", "10.1.2.3:8011", "port 8011"},
		"no port":              {"names of services are not looked up", "", "", "", "10.1.2.3:https", "port https"},
		"API server":           {"whatever the flags say", "", "192.0.2.0/24", "", api, "its API server"},
		"API server in IPv6":   {"whatever the flags say", "", "0.0.0.0/0,::/0", "", "[::ffff:192.0.2.10]:443", "its API server"},
		"beside the API":       {"another port is another server", "", "", "", "192.0.2.10:5986", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := policy(t, c.deny, c.allow, c.ports, api)
			err := p.checkPort(c.address)
			if err == nil {
				err = p.check(t.Context(), c.address)
			}
			denied, ok := errors.AsType[*DeniedError](err)
			if (err != nil) != (c.denied != "") || ok && !strings.Contains(denied.Error(), c.denied) {
				t.Errorf("%s: got %v, want %q", c.reason, err, c.denied)
			}
		})
	}
}

// TestANameIsCheckedWhenItIsDialled: names lead where their owner wants, at every look anew.
func TestANameIsCheckedWhenItIsDialled(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	log := logged(t)
	p := policy(t, "127.0.0.0/8,::1/128", "", port)
	for address, says := range map[string]string{
		"localhost:" + port: "not reachable", // no word about where the name leads
		"127.0.0.1:" + port: "the manager may not connect to addresses in 127.0.0.0/8",
	} {
		conn, err := p.Dial(t.Context(), "tcp", address)
		if conn != nil || err == nil || err.Error() != says {
			t.Errorf("%s: got %v and %v, want %q", address, conn, err, says)
		}
	}
	if !strings.Contains(log.String(), "the manager may not connect to addresses in") {
		t.Errorf("who runs the manager is not told where the name leads: %s", log)
	}
	_ = l.(*net.TCPListener).SetDeadline(aMomentAgo)
	if c, err := l.Accept(); err == nil {
		t.Errorf("%s was connected to", c.LocalAddr())
	}
	conn, err := policy(t, "", "", port).Dial(t.Context(), "tcp", "localhost:"+port)
	if err != nil {
		t.Fatalf("what is not denied: %v", err)
	}
	conn.Close()
}

func TestTheAPIServersNameIsResolved(t *testing.T) {
	p := policy(t, "", "127.0.0.0/8", "6443", "localhost:6443")
	if err := p.check(t.Context(), "127.0.0.1:6443"); err == nil {
		t.Error("the API server may be reached by its address")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.check(gone, "192.0.2.1:6443"); err == nil {
		t.Error("an API server whose address is unknown may be anywhere")
	}
}

func TestWithhold(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	at := &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 443}
	known := fault.New(fault.Denied, "sign in at", "fe1", "the password is wrong")
	cases := map[string]struct {
		reason string
		err    error
		want   string
		kind   fault.Kind
	}{
		"refused":    {"a scanner learns no more", refused, notReachable, fault.Unreachable},
		"unresolved": {"a scanner of names neither", &net.DNSError{Err: "no such host", Name: "db.prod.svc", IsNotFound: true}, notReachable, fault.Unreachable},
		"authority":  {"the commonest first error is told, without the authority's name", x509.UnknownAuthorityError{}, notTrusted, fault.Denied},
		"late":       {"silence neither", os.ErrDeadlineExceeded, notReachable, fault.Unreachable},
		"cancelled":  {"this side's end is no news of the far side", context.Canceled, "context canceled", ""},
		"a fault":    {"it was made of something else", known, "sign in at fe1: the password is wrong", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			log := logged(t)
			p := policy(t, "", "192.0.2.0/24", "")
			got := p.Withhold(at, c.err)
			if got.Error() != c.want || c.kind != "" && errors.Is(got, c.err) {
				t.Errorf("%s: got %v, want %q", c.reason, got, c.want)
			}
			f, ok := Explain(got)
			if ok != (c.kind != "") || f.Kind != c.kind {
				t.Errorf("%s: got %+v, want %s", c.reason, f, c.kind)
			}
			if ok != strings.Contains(log.String(), "10.1.2.3:443") {
				t.Errorf("%s: the log says %q", c.reason, log)
			}
			inside := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 443}
			if told := p.Withhold(inside, c.err); told != c.err {
				t.Errorf("inside --allow-cidr the cause is told; got %v", told)
			}
			if told := (*Policy)(nil).Withhold(at, c.err); told != c.err {
				t.Errorf("without a policy the cause is told; got %v", told)
			}
		})
	}
}

func TestACauseIsLoggedWhenItIsNew(t *testing.T) {
	log := logged(t)
	p := policy(t, "", "", "")
	for _, cause := range []string{"refused", "refused", "silent", "\x1b[2Jsilent", "refused"} {
		_ = p.Withhold(&net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 443}, errors.New(cause))
	}
	if got := strings.Count(log.String(), "\n"); got != 4 || strings.Contains(log.String(), "\x1b") {
		t.Errorf("%d lines, want 4:\n%q", got, log)
	}
}

func TestFlags(t *testing.T) {
	cases := map[string]struct {
		reason string
		given  []string
		want   string
		bad    bool
	}{
		"none":     {"the default", nil, "169.254.0.0/16,fe80::/10,0.0.0.0/8,::/128", false},
		"one":      {"it replaces the default", []string{"10.0.0.0/8"}, "10.0.0.0/8", false},
		"several":  {"they add up", []string{"10.1.2.3/8, fd00::/8", "192.0.2.1"}, "10.0.0.0/8,fd00::/8,192.0.2.1/32", false},
		"nothing":  {"all may be reached", []string{""}, "", false},
		"a name":   {"names are no ranges", []string{"kubernetes.default"}, "", true},
		"a zone":   {"a zone is not part of a range", []string{"fe80::1%eth0"}, "", true},
		"in IPv6":  {"it would never match", []string{"::ffff:10.0.0.0/104"}, "", true},
		"too wide": {"33 bits", []string{"10.0.0.0/33"}, "", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			flag := Denied()
			var err error
			for _, text := range c.given {
				err = errors.Join(err, flag.Set(text))
			}
			if (err != nil) != c.bad {
				t.Fatalf("%s: %v", c.reason, err)
			}
			if diff := cmp.Diff(c.want, flag.String()); diff != "" && !c.bad {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
	ports := Known()
	for text, bad := range map[string]bool{"5300,8000-8010": false, "0": true, "https": true, "9-8": true, "65536": true, "-1": true} {
		if err := ports.Set(text); (err != nil) != bad {
			t.Errorf("--allow-port=%s: %v", text, err)
		}
	}
	if got := ports.String(); got != "53,88,443,5061,5269,5985,5986,5300,8000-8010" {
		t.Errorf("ports are %s", got)
	}
}

// TestAnotherNetworkIsBoundedAlike: over a network that the caller brings, an address that the
// flags deny is not connected to either.
func TestAnotherNetworkIsBoundedAlike(t *testing.T) {
	cases := map[string]struct {
		reason    string
		address   string
		leads     string // where the network finds the address
		connected bool
	}{
		"allowed":           {"nothing denies it", "10.1.2.3:5986", "10.1.2.3:5986", true},
		"denied":            {"the address itself", "169.254.169.254:443", "169.254.169.254:443", false},
		"a name leads away": {"the address is checked that the name leads to", "fe1.contoso.com:443", "169.254.169.254:443", false},
		"another port":      {"the network is not even asked", "10.1.2.3:2379", "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			logged(t)
			near, far := net.Pipe()
			defer far.Close()
			connected := false
			p := policy(t, "", "", "").Over(func(ctx context.Context, _, _ string, check func(context.Context, string) error) (net.Conn, error) {
				if c.leads == "" {
					t.Errorf("%s: the network was asked", c.reason)
				}
				if err := check(ctx, c.leads); err != nil {
					return nil, err
				}
				connected = true
				return near, nil
			})
			conn, err := p.Dial(t.Context(), "tcp", c.address)
			if connected != c.connected || (err == nil) != c.connected || (conn != nil) != c.connected {
				t.Errorf("%s: connected %t, %v", c.reason, connected, err)
			}
		})
	}
}
