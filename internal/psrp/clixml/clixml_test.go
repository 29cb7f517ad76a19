package clixml

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRead(t *testing.T) {
	object := func(properties ...Property) *Value { return &Value{Kind: "Obj", Properties: properties} }
	loop := &Value{Kind: "Obj", Properties: []Property{}}
	loop.Properties = []Property{{"Self", loop}}
	for _, c := range []struct {
		reason, text string
		want         *Value
	}{
		{"a string", `<S>a b</S>`, String("a b")},
		{"no value at all", `<Nil />`, nil},
		{"escapes of either case, and what only looks like one", `<S>_x000a__X000A_ _x0A_ _xZZZZ_ _x005F_x0041_</S>`, String("\n\n _x0A_ _xZZZZ_ _x0041_")},
		{"a surrogate pair", `<S>_xD83D__xDE00_</S>`, String("😀")},
		{"half a pair, twice", `<S>_xD83D_a_xDE00_</S>`, String("\uFFFDa\uFFFD")},
		{"two first halves", `<S>_xD83D__xD83D__xDE00_</S>`, String("\uFFFD😀")},
		{"references that XML forbids and the real engine sends", `<S>a&#xFFFE;b&#65535;&#x41;</S>`, String("a\uFFFEb\uFFFFA")},
		{"such a reference behind what looks like an escape", `<S>_x0041&#xFFFE;</S>`, String("_x0041\uFFFE")},
		{"the character that carries it inside", `<S>_xDBFF__xDFFE_</S>`, String("\U0010FFFE")},
		{"CDATA, a comment and a declaration", `<?xml version="1.0"?><S>a<![CDATA[<b>]]><!-- c --></S>`, String("a<b>")},
		{"an enumeration", `<Obj RefId="0"><TN RefId="0"><T>E</T><T>System.Enum</T></TN><ToString>On</ToString><I32>3</I32></Obj>`,
			&Value{Kind: "Obj", TypeNames: []string{"E", "System.Enum"}, ToString: "On", Base: Int32(3)}},
		{"types that are named once", `<Obj RefId="0"><TN RefId="0"><T>A</T></TN><MS><Obj N="P" RefId="1"><TNRef RefId="0" /></Obj></MS></Obj>`,
			&Value{Kind: "Obj", TypeNames: []string{"A"}, Properties: []Property{{"P", &Value{Kind: "Obj", TypeNames: []string{"A"}}}}}},
		{"a list in a list", `<Obj RefId="0"><LST><S>a</S><Obj RefId="1"><LST /></Obj><Nil /></LST></Obj>`,
			&Value{Kind: "Obj", List: "LST", Items: []*Value{String("a"), {Kind: "Obj", List: "LST", Items: []*Value{}}, nil}}},
		{"a dictionary", `<Obj RefId="0"><DCT><En><S N="Key">k</S><I64 N="Value">1</I64></En></DCT></Obj>`,
			&Value{Kind: "Obj", List: "DCT", Entries: []Entry{{String("k"), Int64(1)}}}},
		{"both kinds of properties", `<Obj RefId="0"><Props><B N="a">true</B></Props><MS><S N="b_x0020_c">d</S></MS></Obj>`,
			object(Property{"a", Bool(true)}, Property{"b c", String("d")})},
		{"an object that holds itself", `<Obj RefId="7"><MS><Ref N="Self" RefId="7" /></MS></Obj>`, loop},
	} {
		got, err := Read(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.reason, err)
			continue
		}
		if got != nil && got.Get("Self") != nil {
			if got.Get("Self") != got {
				t.Errorf("%s: it holds another", c.reason)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ reason, text, why string }{
		{"nothing", "", "EOF"},
		{"text alone", "abc", "EOF"},
		{"an element that is not closed", "<S>a", "EOF"},
		{"a document type: entities can be a bomb", `<!DOCTYPE a [<!ENTITY b "c">]><S>&b;</S>`, "document type"},
		{"an entity that nobody declared", `<S>&b;</S>`, "entity"},
		{"an unknown element", `<What>a</What>`, "no kind of value"},
		{"a number that is none", `<I32>a</I32>`, "no value of its kind"},
		{"a number that is too large", `<By>256</By>`, "no value of its kind"},
		{"a Boolean that is none", `<B>maybe</B>`, "no value of its kind"},
		{"a reference to nothing", `<Obj RefId="0"><MS><Ref N="a" RefId="9" /></MS></Obj>`, "names no object"},
		{"a type reference to nothing", `<Obj RefId="0"><TNRef RefId="9" /></Obj>`, "names no list"},
		{"a value that is its own base", `<Obj RefId="0"><Ref RefId="0" /></Obj>`, "made of itself"},
		{"a value whose base is made of it", `<Obj RefId="0"><Obj RefId="1"><Ref RefId="0" /></Obj></Obj>`, "made of itself"},
		{"two values", `<S>a</S><S>b</S>`, "behind the value"},
		{"a raw control character", "<S>\x01</S>", "illegal character"},
		{"what is not UTF-8", "<S>\xff</S>", "UTF-8"},
		{"an element in a text", `<S><S>a</S></S>`, "a text holds"},
		{"3,000 levels", strings.Repeat(`<Obj RefId="0"><LST>`, 1500) + strings.Repeat(`</LST></Obj>`, 1500), "deep"},
		{"100,001 elements", `<Obj RefId="0"><LST>` + strings.Repeat(`<Nil />`, maxNodes) + `</LST></Obj>`, "elements"},
		{"many attributes", `<Obj RefId="0"><LST>` + strings.Repeat(`<Nil N="a" RefId="0" />`, maxNodes/3) + `</LST></Obj>`, "attributes"},
		{"many attributes of one element", `<Nil` + strings.Repeat(` N='>'`, 2000) + ` />`, "more than 1000 attributes"},
	} {
		v, err := Read(c.text)
		if err == nil {
			t.Errorf("%s: read as %v", c.reason, v)
		} else if !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want something about %q", c.reason, err, c.why)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		reason string
		value  *Value
		want   string
	}{
		{"nothing", nil, `<Nil />`},
		{"what XML and CLIXML reserve", String("a<&>\"'_x_X_y"), `<S>a&lt;&amp;&gt;&quot;'_x005F_x_x005F_X_y</S>`},
		{"control characters, as the real engine does", String("\x00\t\r\n\x7f\u0085\u00a0"), `<S>_x0000__x0009__x000D__x000A__x007F__x0085_` + "\u00a0</S>"},
		{"beyond U+FFFF", String("😀\uFFFE"), `<S>_xD83D__xDE00__xFFFE_</S>`},
		{"what is not UTF-8", String("\xff"), "<S>\uFFFD</S>"},
		{"types are named once, objects counted", List(Object(Property{"a", List()})),
			`<Obj RefId="0"><TN RefId="0"><T>System.Object[]</T><T>System.Array</T><T>System.Object</T></TN><LST>` +
				`<Obj RefId="1"><MS><Obj N="a" RefId="2"><TNRef RefId="0" /><LST></LST></Obj></MS></Obj></LST></Obj>`},
	} {
		if diff := cmp.Diff(c.want, Write(c.value)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestAccessorsBearWhatIsMissing(t *testing.T) {
	var none *Value
	v := Object(Property{"Name", String("a")}, Property{"Null", nil}, Property{"E", Enum("T", "On", 3)})
	if none.Get("a") != nil || none.Has("a") || none.String() != "" || none.IsString() || v.Get("other") != nil {
		t.Error("$null has properties")
	}
	if v.Get("name").String() != "a" || !v.Has("null") || v.Get("Null") != nil {
		t.Error("properties are not found by name in any case")
	}
	if n, ok := v.Get("E").Int(); n != 3 || !ok || v.Get("E").String() != "On" {
		t.Errorf("an enumeration is %d %q", n, v.Get("E"))
	}
	if _, ok := v.Get("Name").Int(); ok {
		t.Error("a string is a number")
	}
}

// FuzzRead: no text that arrives makes Read or an accessor panic. A value that was read is the same after it was
// written and read again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`<S>a&#xFFFE;_x0041_</S>`, `<Nil />`,
		`<Obj RefId="0"><TN RefId="0"><T>A</T></TN><ToString>x</ToString><MS><Obj N="P" RefId="1"><TNRef RefId="0" /><LST><I32>1</I32></LST></Obj></MS></Obj>`,
		`<Obj RefId="0"><DCT><En><S N="Key">k</S><Nil N="Value" /></En></DCT></Obj>`,
		`<Obj RefId="0"><MS><Ref N="a" RefId="0" /></MS></Obj>`, `<Obj RefId="0"><Ref RefId="0" /></Obj>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Read(text)
		_, _ = v.Int()
		_, _, _ = v.String(), v.IsString(), v.Get("a")
		if err != nil || strings.Contains(text, "Ref ") {
			return // Write never gets a value that holds itself
		}
		written := Write(v)
		again, err := Read(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if second := Write(again); second != written {
			t.Errorf("written as\n%s\nand then as\n%s", written, second)
		}
	})
}

// FuzzText: every string of valid UTF-8 is the same after it was written and read again.
func FuzzText(f *testing.F) {
	f.Add("a_x0041_😀\uFFFE\uFFFF\U0010FFFE\x00<&>\"")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		v, err := Read(Write(String(text)))
		if err != nil || v.Text != text {
			t.Errorf("%q came back as %q (%v)", text, v, err)
		}
	})
}
