package rfc2136

import (
	"context"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// TestAServerThatIsNotAskedIsNotLeftOut: what a server would have shown is unknown where asking
// it panics, and the records are not taken for agreed on.
func TestAServerThatIsNotAskedIsNotLeftOut(t *testing.T) {
	r := &Reader{config: Config{Turn: func(context.Context, string) (func(error), error) { panic("swordfish") }}}
	_, err := r.askAll(t.Context(), []errand{{server: "ns2:53", keys: []dns.Key{{Name: "fed.contoso.com", Type: dns.A}}}})
	if !fault.Is(err, fault.Internal) {
		t.Errorf("got %s: %v", fault.KindOf(err), err)
	}
}
