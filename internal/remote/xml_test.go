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

// TestAttributesAreCountedBeforeTheyAreBuilt: only signs of equality between quotes belong to
// attributes, and each tag counts by itself.
func TestAttributesAreCountedBeforeTheyAreBuilt(t *testing.T) {
	const most = 1000
	attributes := func(n int, quote string) string { return strings.Repeat(" a="+quote+"x"+quote, n) }
	for reason, c := range map[string]struct {
		text    string
		crowded bool
	}{
		"as many as are allowed":         {`<a` + attributes(most, `"`) + `/>`, false},
		"one more":                       {`<a` + attributes(most+1, `"`) + `/>`, true},
		"one more, in the other quotes":  {`<a` + attributes(most+1, `'`) + `/>`, true},
		"behind other elements":          {`<b/>text<a` + attributes(most+1, `'`) + `/>`, true},
		"many in two tags":               {`<a` + attributes(most, `"`) + `><b` + attributes(most, `"`) + `/></a>`, false},
		"a value of many":                {`<a b="` + strings.Repeat(`=`, most+1) + `"/>`, false},
		"a value in other quotes":        {`<a b='"` + strings.Repeat(`=`, most+1) + `'/>`, false},
		"a value that holds a tag's end": {`<a b=">"` + attributes(most, `"`) + `/>`, true},
		"text":                           {`<a>` + strings.Repeat(`=`, 2*most) + `</a>`, false},
		"text in quotes":                 {`<a>"</a><b` + attributes(most+1, `'`) + `/>`, true},
	} {
		bounds := remote.XMLBounds{Nodes: 10 * most, Depth: 3}
		err := bounds.Take(c.text)
		if crowded := err != nil && strings.Contains(err.Error(), "an element has more than 1000 attributes"); crowded != c.crowded || err != nil && !crowded {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
