package shell_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

// TestAPanicFreesTheHost: a call that panics gives back its turn on the host. The next write begins
// anew and does not wait for the one that panicked.
func TestAPanicFreesTheHost(t *testing.T) {
	broken := func(context.Context, remote.Request) (string, error) { panic("swordfish") }
	acts := map[string]func(ctx context.Context, f *shell.Fleet) error{
		"a topology": func(ctx context.Context, f *shell.Fleet) error {
			_, _, err := shell.NewObserver(f).ReadTopology(ctx)
			return err
		},
		"a write through management": func(ctx context.Context, f *shell.Fleet) error {
			_, err := shell.NewOperator(f).SetSiteRoute(ctx, "Redmond", lync.SIP, "edgepool02.contoso.com")
			return err
		},
		"a write on an Edge machine": func(ctx context.Context, f *shell.Fleet) error {
			return shell.NewOperator(f).StartServices(ctx, "edge01.contoso.com")
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[first], w.answers[second], w.answers[edge] = broken, broken, broken
			f := w.fleet(t)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			if err := act(ctx, f); !fault.Is(err, fault.Internal) {
				t.Fatalf("got %s: %v", fault.KindOf(err), err)
			}
			w.do(func() {
				for _, url := range []string{first, second, edge} {
					w.answers[url] = fails(fault.New(fault.Denied, "ask", url, "asked again"))
				}
			})
			if err := act(ctx, f); !fault.Is(err, fault.Denied) {
				t.Errorf("the next one got %s: %v", fault.KindOf(err), err)
			}
			w.do(func() {
				if len(w.workers) < 2 || !w.workers[0].closed {
					t.Error("the worker that panicked is used on")
				}
			})
		})
	}
}

func TestAPanicWhileCredentialsAreReadIsNotJoined(t *testing.T) {
	w := newWorld()
	refused := errors.New("asked again")
	broken := true
	f := shell.NewFleet(shell.Config{Dial: w.dial, EdgeServer: func(string) remote.Endpoint { return remote.Endpoint{URL: edge} },
		Operator: shell.Account{Edge: func(context.Context, string) (remote.Credentials, error) {
			if broken {
				panic("swordfish")
			}
			return remote.Credentials{}, refused
		}}})
	o := shell.NewOperator(f)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := o.StartServices(ctx, "edge01.contoso.com"); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
	broken = false
	if err := o.StartServices(ctx, "edge01.contoso.com"); !errors.Is(err, refused) {
		t.Errorf("the next one got %v", err)
	}
}

// deaf is an Observer that panics when it reads an Edge machine.
type deaf struct{ lync.Observer }

func (deaf) ReadTopology(context.Context) (lync.Topology, string, error) {
	return lync.Topology{EdgePools: []lync.EdgePool{{Servers: []lync.EdgeServer{{FQDN: "edge01.contoso.com"}}}}}, first, nil
}

func (deaf) ReadEdgeServer(context.Context, string) (lync.EdgeServerState, error) { panic("swordfish") }

func TestAMachineThatPanicsIsUnknown(t *testing.T) {
	last := lync.Snapshot{}
	for range 2 { // the second observation reads the machine while it reads the topology
		last = shell.Observe(t.Context(), deaf{}, last, time.Now)
		if part, ok := last.EdgeServers["edge01.contoso.com"]; !ok || !fault.Is(part.Err, fault.Internal) {
			t.Errorf("got %+v", last.EdgeServers)
		}
	}
}
