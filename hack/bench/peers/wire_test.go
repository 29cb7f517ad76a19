package peers

import (
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	simdns "github.com/fedroute/fedroute/lyncsim/dns"
)

// TestWireCountsBothDirections reads one record by way of the counter: one
// question, and its answer, which also says what zone the missing name is in.
func TestWireCountsBothDirections(t *testing.T) {
	a, err := simdns.New(nil, []simdns.Zone{{Name: zone}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Listen("127.0.0.1:0", simdns.Primary)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w, err := openWire(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	r, err := rfc2136.NewReader(rfc2136.Config{Server: w.address(), Discovery: rfc2136.DiscoverNone})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(t.Context(), []dns.Key{dns.NewKey("sip."+zone, dns.A)}); err != nil {
		t.Fatal(err)
	}
	if n := w.taken(); n != 2 {
		t.Errorf("%d messages were counted, want 2", n)
	}
	if n := w.taken(); n != 0 {
		t.Errorf("%d messages were counted twice", n)
	}
}
