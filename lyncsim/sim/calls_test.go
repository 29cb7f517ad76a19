package sim

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestCallsStandStill: the witness sees a call before its effect and after it, and the call
// waits for it both times.
func TestCallsStandStill(t *testing.T) {
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	var (
		mu  sync.Mutex
		saw []string
		o   *Organization

		port atomic.Int32
	)
	site := func() string {
		route, _ := o.farm.Truth().Site("Redmond")
		return route.Routes.SIP
	}
	note := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		saw = append(saw, line)
	}
	o, err = Start(t.Context(), Config{Spec: spec, Witness: func(c Call) func() {
		if c.What == "Set-CsSite" {
			note(c.What + " at " + c.Where + " before: " + site())
			return func() { note(c.What + " after: " + site()) }
		}
		if c.What == "SIP port" && c.Where == "edge1.contoso.com" {
			port.Add(1)
		}
		if c.What == DNSQuestion {
			note(c.What + " of " + strings.TrimSuffix(c.Where, ":5300"))
		}
		return nil
	}})
	must(t, err)
	defer o.Close()
	for _, address := range o.edges.Addresses() {
		if address.Port() == 5061 {
			connection, err := net.DialTimeout("tcp", address.String(), time.Second)
			must(t, err)
			_ = connection.Close()
		}
	}
	for deadline := time.Now().Add(10 * time.Second); port.Load() == 0 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
	}
	if port.Load() != 1 {
		t.Errorf("%d connections to the federation port were seen, want 1", port.Load())
	}
	var out, errs bytes.Buffer
	code, err := o.RunScript(t.Context(), "fe1.contoso.com", Script{Text: "Import-Module Lync\nSet-CsSite Redmond -FederationRoute 'EdgeServer:edge2.contoso.com'", Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	if must(t, err); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", o.DNSServers()[0])
	}}
	_, _ = resolver.LookupNS(t.Context(), "contoso.com.") // the question counts, and not the answer
	host := netip.MustParseAddrPort(o.DNSServers()[0]).Addr().String()
	want := []string{"Set-CsSite at fe1.contoso.com before: edge1.contoso.com", "Set-CsSite after: edge2.contoso.com", "DNS question of " + host}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		mu.Lock()
		diff := cmp.Diff(want, saw)
		mu.Unlock()
		if diff == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("calls (-want +got):\n%s", diff)
		}
	}
}
