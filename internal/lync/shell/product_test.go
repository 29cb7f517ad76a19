package shell_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

// TestProducts: the line that a server prints as its version is documented only in parts, which are
// the base build and one of three license texts. docs/versions.md says where each form is from.
func TestProducts(t *testing.T) {
	const licensed = ": Volume license key installed."
	cases := map[string]struct {
		reason  string
		says    string
		name    string
		version string
	}{
		"2010":            {"built like 2013", "Microsoft Lync Server 2010 (4.0.7577.0)" + licensed, "Lync Server 2010", "4.0.7577.0"},
		"2013":            {"as administrators quote it", "Microsoft Lync Server 2013 (5.0.8308.0)" + licensed, "Lync Server 2013", "5.0.8308.0"},
		"2013 evaluation": {"another license text", "Microsoft Lync Server 2013 (5.0.8308.0): Evaluation license key installed.", "Lync Server 2013", "5.0.8308.0"},
		"2013 no license": {"a machine with the management shell alone", "Microsoft Lync Server 2013 (5.0.8308.0): No license key required.", "Lync Server 2013", "5.0.8308.0"},
		"2013 updated":    {"a build of a cumulative update changes nothing", "Lync Server 2013 (5.0.8308.1149)", "Lync Server 2013", "5.0.8308.1149"},
		"2013 translated": {"the number decides whatever the language", "Lync Server-2013 (5.0.8308.0): Volumenlizenzschlüssel installiert.", "Lync Server 2013", "5.0.8308.0"},
		"2015":            {"Microsoft is not in front of the later names", "Skype for Business Server 2015 (6.0.9319.0)" + licensed, "Skype for Business Server 2015", "6.0.9319.0"},
		"2019":            {"as Microsoft's diagnostic tool has it", "Skype for Business Server 2019 (7.0.2046.0)" + licensed, lync.Name2019, "7.0.2046.0"},
		"2019 updated":    {"cumulative update 8", "Skype for Business Server 2019 (7.0.2046.569)" + licensed, lync.Name2019, "7.0.2046.569"},
		"2019 later":      {"its own name is believed whatever the update", "Skype for Business Server 2019 (7.0.2046.900)", lync.Name2019, "7.0.2046.900"},
		"2019 nameless":   {"the base build", "Skype for Business Server (7.0.2046.0)", lync.Name2019, "7.0.2046.0"},
		"SE":              {"by its full name", "Skype for Business Server Subscription Edition (7.0.2046.820)" + licensed, lync.NameSE, "7.0.2046.820"},
		"SE short":        {"by its short name", "Microsoft Skype for Business Server SE (7.0.2046.879)" + licensed, lync.NameSE, "7.0.2046.879"},
		"SE base build":   {"by its name although the number is that of 2019", "Skype for Business Server Subscription Edition (7.0.2046.0)", lync.NameSE, "7.0.2046.0"},
		"SE nameless":     {"by its first build", "Skype for Business Server (7.0.2046.820)", lync.NameSE, "7.0.2046.820"},
		"SE next build":   {"by a build after that of 2019", "Skype for Business Server (7.0.2084.0)", lync.NameSE, "7.0.2084.0"},
		"after SE":        {"there is no later generation, and none will bring XMPP back", "Skype for Business Server (8.0.1.0)", lync.NameSE, "8.0.1.0"},
		"contradiction":   {"setup writes the number; XMPP is not promised on a name", "Skype for Business Server 2015 (7.0.2046.0)" + licensed, lync.Name2019, "7.0.2046.0"},
		"no number":       {"the name is all there is", "Skype for Business Server 2015", "Skype for Business Server 2015", ""},
		"no number SE":    {"likewise", "Skype for Business Server SE", lync.NameSE, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var want lync.Product
			for _, g := range lync.Generations() {
				if g.Name == c.name {
					want = lync.Product{Name: g.Name, Version: c.version, Module: "Lync", XMPP: g.WithoutXMPP == "", WithoutXMPP: g.WithoutXMPP, XMPPByHost: g.XMPPByHost, XMPPRouteParameter: "XmppFederationRoute"}
				}
			}
			if diff := cmp.Diff(want, productOf(t, c.says)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// TestUnknownProducts: of an unknown product no feature is assumed. The name that users read is the
// server's own text.
func TestUnknownProducts(t *testing.T) {
	cases := map[string]struct{ reason, says, name string }{
		"foreign":  {"no such product", "Something else (5.1)", "Something else (5.1)"},
		"older":    {"2007 R2 has no such cmdlet", "Office Communications Server (3.5.6907.0)", "Office Communications Server (3.5.6907.0)"},
		"no entry": {"the registry value cannot be read", "The license type and version information could not be retrieved.", "The license type and version information could not be retrieved."},
		"silence":  {"a person must be told something", "", "a server that does not tell its version"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := productOf(t, c.says)
			if got.Name != c.name || got.XMPP || got.WithoutXMPP == "" {
				t.Errorf("%s: got %+v", c.reason, got)
			}
		})
	}
}

// productOf gives the product that is read when the first management server prints the version.
func productOf(t *testing.T, version string) lync.Product {
	t.Helper()
	w := newWorld()
	w.answers[first] = says(strings.Replace(file(t, "topology.json"), "Microsoft Lync Server 2013 (5.0.8308.0): Volume license key installed.", version, 1))
	got, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return got.Product
}
