package shell_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

// TestNoWriteWaitsForAFailBack: a failback takes up to an hour, and a failover must be able to set
// routes through the same management server meanwhile.
func TestNoWriteWaitsForAFailBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, finish := newWorld(), make(chan struct{})
		w.answers[first] = func(_ context.Context, r remote.Request) (string, error) {
			if strings.Contains(r.Name, "FailBack") {
				<-finish
				return `[{"FrontEndPool": "fe1.contoso.com"}]`, nil
			}
			return `[{"Route": "EdgeServer:edge2.contoso.com"}]`, nil
		}
		o, ended := shell.NewOperator(w.fleet(t)), make(chan error, 1)
		go func() { ended <- o.FailBack(context.Background(), "fe1.contoso.com") }()
		synctest.Wait()
		if route, err := o.SetSiteRoute(context.Background(), "Redmond", lync.SIP, "edge2.contoso.com"); err != nil || route != "edge2.contoso.com" {
			t.Errorf("beside a failback: %q, %v", route, err)
		}
		if len(ended) > 0 {
			t.Error("the failback had ended before the route was set")
		}
		close(finish)
		if err := <-ended; err != nil {
			t.Errorf("the failback: %v", err)
		}
	})
}

// TestAFailBackSaysNothingOfALostPublish: a server was lost in the middle of a publish, and a
// failback through it answers. The publish may still run there, so no other server is asked.
func TestAFailBackSaysNothingOfALostPublish(t *testing.T) {
	w := newWorld()
	w.answers[first] = func(_ context.Context, r remote.Request) (string, error) {
		if strings.Contains(r.Name, "FailBack") {
			return `[{"FrontEndPool": "fe1.contoso.com"}]`, nil
		}
		return "", lost()
	}
	o := shell.NewOperator(w.fleet(t))
	if _, err := o.PublishFlags(t.Context(), lync.FlagChange{Signature: "s1"}); !fault.Is(err, fault.OutcomeUnknown) {
		t.Fatalf("the publish: %v, want it to be lost", err)
	}
	if err := o.FailBack(t.Context(), "fe1.contoso.com"); err != nil {
		t.Fatal(err)
	}
	w.do(func() { w.refused[first] = fault.New(fault.Unreachable, "connect to", "fe01", "no answer") })
	if _, err := o.SetSiteRoute(t.Context(), "Redmond", lync.SIP, "edge2.contoso.com"); !fault.Is(err, fault.Busy) {
		t.Errorf("got %v, want to wait for the server that may still publish", err)
	}
}
