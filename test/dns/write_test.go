package dns_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
)

func TestWriteMovesSets(t *testing.T) {
	const service = "_sipfederationtls._tcp.contoso.com"
	o := start(t)
	r, w := o.reader(t), o.writer(t)
	steps := []struct {
		reason string
		want   []dns.RRSet
	}{
		{"change a host and create a service at once", []dns.RRSet{
			set(t, "sip.contoso.com", dns.A, 60, "192.0.2.20", "192.0.2.21"),
			set(t, "_xmpp-server._tcp.contoso.com", dns.SRV, 60, "0 0 5269 sip.contoso.com"),
		}},
		{"an IPv6 address in its short form", []dns.RRSet{set(t, "sip.contoso.com", dns.AAAA, 60, "2001:DB8:0::1")}},
		{"nothing to do", []dns.RRSet{set(t, "sip.contoso.com", dns.A, 60, "192.0.2.20", "192.0.2.21")}},
		{"the TTL alone", []dns.RRSet{set(t, "sip.contoso.com", dns.A, 120, "192.0.2.20", "192.0.2.21")}},
		{"fewer records", []dns.RRSet{set(t, "sip.contoso.com", dns.A, 120, "192.0.2.21")}},
		{"delete", []dns.RRSet{set(t, service, dns.SRV, 0), set(t, "sip.contoso.com", dns.AAAA, 0)}},
		{"delete what is not there", []dns.RRSet{set(t, "none.contoso.com", dns.A, 0)}},
	}
	for _, step := range steps {
		if err := move(t.Context(), r, w, step.want...); err != nil {
			t.Fatalf("%s: %s", step.reason, fault.Sentence(err))
		}
		var keys []dns.Key
		for _, s := range step.want {
			keys = append(keys, s.Key)
		}
		found, err := r.Read(t.Context(), keys)
		if err != nil {
			t.Fatal(err)
		}
		if published, laggards := dns.Published(found, step.want); !published {
			t.Errorf("%s: not published: %v", step.reason, laggards)
		}
	}
	wrote := 0
	for _, e := range o.Journal() {
		wrote++
		if e.By != "fedroute." || e.Server != o.primary.Addr() {
			t.Errorf("the journal names %q on %q", e.By, e.Server)
		}
	}
	if diff := cmp.Diff(5, wrote); diff != "" {
		t.Errorf("two of the seven steps change nothing (-want +got):\n%s", diff)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	o := start(t)
	host := lookup(t, o.reader(t), "sip.contoso.com", dns.A)
	changes := []dns.Change{
		host.ChangeTo(set(t, "sip.contoso.com", dns.A, 60, "192.0.2.20")),
		{From: set(t, "new.contoso.com", dns.A, 0), To: set(t, "new.contoso.com", dns.A, 60, "192.0.2.20")},
	}
	before, serial := o.Records("contoso.com"), len(o.Journal())
	if err := o.writer(t).Check(t.Context(), changes); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	if diff := cmp.Diff(before, o.Records("contoso.com")); diff != "" || len(o.Journal()) != serial {
		t.Errorf("the zone changed (-before +after):\n%s", diff)
	}
	if err := o.writer(t).Write(t.Context(), changes, dns.Always); err != nil {
		t.Errorf("what was allowed beforehand is refused: %s", fault.Sentence(err))
	}
}

func TestWriteRefusesWhatWasNotRead(t *testing.T) {
	ten := func(t *testing.T) dns.RRSet { return set(t, "sip.contoso.com", dns.A, 300, "192.0.2.10") }
	tests := map[string]struct {
		reason  string
		changes func(t *testing.T) []dns.Change
		key     rfc2136.TSIG
		want    fault.Kind
	}{
		"stale value": {"somebody else moved it", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "sip.contoso.com", dns.A, 300, "192.0.2.11"), To: ten(t)}}
		}, rfc2136.TSIG{}, fault.WorldChanged},
		"already there": {"somebody else created it", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "sip.contoso.com", dns.A, 0), To: ten(t)}}
		}, rfc2136.TSIG{}, fault.WorldChanged},
		"gone": {"somebody else deleted it", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "gone.contoso.com", dns.A, 300, "192.0.2.1"), To: set(t, "gone.contoso.com", dns.A, 0)}}
		}, rfc2136.TSIG{}, fault.WorldChanged},
		"alias appeared": {"a record beside a CNAME would be dropped in silence", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "alias.contoso.com", dns.A, 0), To: set(t, "alias.contoso.com", dns.A, 300, "192.0.2.1")}}
		}, rfc2136.TSIG{}, fault.WorldChanged},
		"below a cut": {"it would be stored and never served", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "h.sub.contoso.com", dns.A, 0), To: set(t, "h.sub.contoso.com", dns.A, 300, "192.0.2.1")}}
		}, rfc2136.TSIG{}, fault.Invalid},
		"not our zone": {"the server does not serve it", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "sip.fabrikam.com", dns.A, 0), To: set(t, "sip.fabrikam.com", dns.A, 300, "192.0.2.1")}}
		}, rfc2136.TSIG{}, fault.Invalid},
		"unknown key": {"the server never heard of it", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: ten(t), To: set(t, "sip.contoso.com", dns.A, 0)}}
		}, rfc2136.TSIG{Name: "nobody", Secret: secret}, fault.Denied},
		"wrong algorithm": {"a key is known with one algorithm", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: ten(t), To: set(t, "sip.contoso.com", dns.A, 0)}}
		}, rfc2136.TSIG{Name: "fedroute", Algorithm: rfc2136.HMACSHA512, Secret: secret}, fault.Denied},
		"wrong secret": {"the signature does not fit", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: ten(t), To: set(t, "sip.contoso.com", dns.A, 0)}}
		}, rfc2136.TSIG{Name: "fedroute", Secret: "d3Jvbmc="}, fault.Denied},
		"policy": {"the key may change other names only", func(t *testing.T) []dns.Change {
			return []dns.Change{{From: set(t, "new.contoso.com", dns.A, 0), To: set(t, "new.contoso.com", dns.A, 300, "192.0.2.1")}}
		}, rfc2136.TSIG{Name: "narrow", Secret: secret}, fault.Refused},
	}
	o := start(t)
	before := o.Records("contoso.com")
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			key := tc.key
			if key.Name == "" {
				key = rfc2136.TSIG{Name: "fedroute", Secret: secret}
			}
			w := writerOf(t, o.config(), key)
			err := w.Write(t.Context(), tc.changes(t), dns.Always)
			if got := fault.KindOf(err); got != tc.want {
				t.Errorf("%s: got %q (%v), want %q", tc.reason, got, err, tc.want)
			}
			beforehand := tc.want
			if tc.want == fault.Refused {
				beforehand = "" // a policy for single names is checked only for names that change
			}
			if err := w.Check(t.Context(), tc.changes(t)); fault.KindOf(err) != beforehand {
				t.Errorf("%s: asked beforehand %v, want %q", tc.reason, err, beforehand)
			}
			if diff := cmp.Diff(before, o.Records("contoso.com")); diff != "" {
				t.Errorf("the zone changed (-before +after):\n%s", diff)
			}
		})
	}
}
