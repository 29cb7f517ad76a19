package lync_test

import (
	"testing"

	"github.com/fedroute/fedroute/internal/lync"
)

func TestHostsAreComparedAsDNSDoes(t *testing.T) {
	cases := map[string]struct {
		reason string
		a, b   string
		same   bool
	}{
		"alike":          {"one name", "edge1.contoso.com", "edge1.contoso.com", true},
		"case":           {"DNS knows no upper case", "Edge1.Contoso.COM", "edge1.contoso.com", true},
		"final dot":      {"a name may be written whole", "edge1.contoso.com.", "edge1.contoso.com", true},
		"another":        {"two machines", "edge1.contoso.com", "edge2.contoso.com", false},
		"short":          {"a short name is another name", "edge1", "edge1.contoso.com", false},
		"none":           {"no name is no machine's", "", "edge1.contoso.com", false},
		"none and a dot": {"the root is no machine", "", ".", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := lync.SameHost(c.a, c.b); got != c.same || (lync.HostOf(c.a) == lync.HostOf(c.b)) != c.same {
				t.Errorf("%s: %q and %q are the same: %v", c.reason, c.a, c.b, got)
			}
		})
	}
}

func TestSiteByName(t *testing.T) {
	topology := lync.Topology{Sites: []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com"}, {Name: "Dublin"}}}
	cases := map[string]struct {
		reason string
		name   string
		want   string // "" for none
	}{
		"as it is written": {"the usual", "Redmond", "Redmond"},
		"another case":     {"sites know no upper case", "DUBLIN", "Dublin"},
		"unknown":          {"a site that was renamed", "Cork", ""},
		"prefix":           {"a part of a name is another name", "Red", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := topology.Site(c.name)
			if got.Name != c.want || ok != (c.want != "") {
				t.Errorf("%s: %+v, %v; want %q", c.reason, got, ok, c.want)
			}
		})
	}
}
