package remote_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/remote"
)

func TestXMLIsCountedBeforeItIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		reason, text, want string
		left               int
	}{
		"within":     {"elements and attributes are taken", `<a b="1" c="2"><d/></a>`, "", 6},
		"full":       {"the bound itself is allowed", `<a>` + strings.Repeat(`<b/>`, 9) + `</a>`, "", 0},
		"elements":   {"small elements are many", `<a>` + strings.Repeat(`<b/>`, 10) + `</a>`, "it has more than 10 elements and attributes", 10},
		"attributes": {"they cost as much as elements", `<a b="" c="" d="" e="" f="" g="" h="" i="" j="" k=""/>`, "it has more than 10 elements and attributes", 10},
		"depth":      {"a reader may recurse", `<a><a><a><a/></a></a></a>`, "its elements are more than 3 deep", 10},
		"behind":     {"a reader may go on behind the first element", `<a/>` + strings.Repeat(`<b/>`, 10), "it has more than 10 elements and attributes", 10},
		"siblings":   {"elements that have ended are not deep", `<a><b><c/></b><b><c/></b></a>`, "", 5},
		"no XML":     {"its reader says so", `<a><b`, "", 9},
		"text":       {"its reader says so", `HTTP Error 503`, "", 10},
	} {
		t.Run(name, func(t *testing.T) {
			bounds := remote.XMLBounds{Nodes: 10, Depth: 3}
			got := ""
			if err := bounds.Take(c.text); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if bounds.Nodes != c.left {
				t.Errorf("%s: %d nodes are left, want %d", c.reason, bounds.Nodes, c.left)
			}
		})
	}
}
