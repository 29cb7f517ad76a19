package value_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func TestText(t *testing.T) {
	nested := value.NewObject().Set("A", 1).Set("Inner", value.NewObject().Set("B", 2)).Set("L", []any{int32(1)})
	cases := map[string]struct {
		reason string
		v      any
		want   string
	}{
		"null":           {"$null is empty", nil, ""},
		"true":           {"words of .NET", true, "True"},
		"array":          {"elements with blanks between", []any{int32(1), "b", nil, true}, "1 b  True"},
		"array in array": {"an inner array shows its type", []any{[]any{int32(1)}, int32(2)}, "System.Object[] 2"},
		"custom object":  {"inner custom objects are empty, arrays their type", nested, "@{A=1; Inner=; L=System.Object[]}"},
		"typed object":   {"objects of a class show it", value.NewObject("Microsoft.Rtc.Site"), "Microsoft.Rtc.Site"},
		"table":          {"tables show their type", value.NewHashtable(), "System.Collections.Hashtable"},
		"double":         {"shortest digits", 0.1, "0.1"},
		"big double":     {"an exponent from 1E+15 on", 1e15, "1E+15"},
		"small double":   {"an exponent below 1E-04", 0.00001, "1E-05"},
		"whole double":   {"no point", 1e14, "100000000000000"},
		"infinite":       {"the invariant culture's word", math.Inf(-1), "-Infinity"},
		"rounded":        {"fifteen digits", 0.1 + 0.2, "0.3"},
		"span":           {"constant form", 26*time.Hour + 1500*time.Millisecond, "1.02:00:01.5000000"},
		"negative span":  {"sign first", -90 * time.Second, "-00:01:30"},
		"date":           {"invariant culture", value.NewDateTime(time.Date(2013, 4, 1, 10, 0, 0, 0, time.UTC)), "04/01/2013 10:00:00"},
		"char":           {"the character", value.Char('x'), "x"},
		"exception":      {"class and message", value.NewException("System.Exception", "m"), "System.Exception: m"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := value.Text(tc.v); got != tc.want {
				t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

func TestParseNumber(t *testing.T) {
	cases := map[string]any{
		"7": int32(7), " 12 ": int32(12), "2147483648": int64(2147483648), "0x1F": int32(31), "1.5": 1.5, "1e3": 1000.0, "": int32(0), "-3": int32(-3),
		"+4": int32(4), "x": nil, "1_000": nil, "0x": int32(0), "1,500": int32(1500), ",5": nil, "1kb": int32(1024), "5l": int64(5), "0xFFFFFFFF": int32(-1), "-0x1F": int32(-31), "nan": nil, "inf": nil, "1 2": nil,
	}
	for text, want := range cases {
		got, ok := value.ParseNumber(text)
		if ok != (want != nil) || ok && got != want {
			t.Errorf("ParseNumber(%q) = %v, %t; want %v", text, got, ok, want)
		}
	}
}

func TestToInt(t *testing.T) {
	for v, want := range map[any]int64{2.5: 2, 3.5: 4, "7": 7, true: 1, value.Char('A'): 65, int64(-9): -9} {
		if got, ok := value.ToInt(v); !ok || got != want {
			t.Errorf("ToInt(%v) = %d, %t; want %d", v, got, ok, want)
		}
	}
	for _, v := range []any{"x", math.NaN(), 1e300, value.NewHashtable()} {
		if got, ok := value.ToInt(v); ok {
			t.Errorf("ToInt(%v) = %d, want none", v, got)
		}
	}
}

func TestObject(t *testing.T) {
	o := value.NewObject().Set("Fqdn", "a").Set("Port", 1).Set("Up", true)
	o.Set("fqdn", "b")
	o.Remove("PORT")
	copied := o.Clone().Set("New", 1)
	var names []string
	for _, p := range o.Properties() {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"Fqdn", "Up"}, names); diff != "" {
		t.Errorf("names keep their first spelling and order: -want +got\n%s", diff)
	}
	if v, _ := o.Get("FQDN"); v != "b" {
		t.Errorf("Fqdn is %v, want b", v)
	}
	if v, ok := o.Get("up"); v != true || !ok {
		t.Errorf("after a removal Up is %v, want true", v)
	}
	if _, ok := o.Get("New"); ok {
		t.Error("a property of the clone appeared in the original")
	}
	if _, ok := copied.Get("New"); !ok {
		t.Error("the clone lost its property")
	}
}

func TestHashtable(t *testing.T) {
	h := value.NewOrdered().Set("b", 1).Set("A", 2).Set(int32(5), "five")
	h.Set("B", 3)
	h.Remove("a")
	if diff := cmp.Diff([]any{"b", int32(5)}, h.Keys()); diff != "" {
		t.Errorf("keys: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]any{int32(3), "five"}, h.Values()); diff != "" {
		t.Errorf("values: -want +got\n%s", diff)
	}
	if v, ok := h.At(1); v != "five" || !ok {
		t.Errorf("At(1) = %v, want five", v)
	}
	heeding := value.NewDictionary("System.Collections.Generic.Dictionary`2[System.String,System.Int32]").Set("k", 1)
	if _, ok := heeding.Get("K"); ok {
		t.Error("a Dictionary found a key in another case")
	}
	if _, ok := value.NewHashtable().Set([]any{"x"}, 1).Get([]any{"x"}); ok {
		t.Error("an array as key was found by another array")
	}
}

func TestEnum(t *testing.T) {
	styles := &value.EnumType{Name: "S", Flags: true, Values: []value.EnumValue{{Name: "None"}, {Name: "A", Value: 1}, {Name: "B", Value: 2}}}
	for text, want := range map[string]string{"a, b": "A, B", "3": "A, B", "none": "None", "8": "8"} {
		if e, ok := styles.Parse(text); !ok || e.String() != want {
			t.Errorf("Parse(%q) = %s, %t; want %s", text, e, ok, want)
		}
	}
	if e, ok := value.NewEnumType("D", "W", "X", "Y", "Z").Parse("X, Y"); !ok || e.String() != "Z" {
		t.Errorf("a list of names is the sum of their numbers also without flags: %s", e)
	}
}

func TestIdentifiers(t *testing.T) {
	for text, want := range map[string]string{"5.0": "5.0", "5.0.8308.887": "5.0.8308.887", "5": "", "a.b": "", "1.2.3.4.5": "", "-1.0": ""} {
		v, ok := value.ParseVersion(text)
		if ok != (want != "") || ok && v.String() != want {
			t.Errorf("ParseVersion(%q) = %s, %t; want %q", text, v, ok, want)
		}
	}
	const canonical = "11111111-2222-3333-4444-55555555555a"
	for _, text := range []string{canonical, "{" + canonical + "}", "1111111122223333444455555555555A"} {
		if g, ok := value.ParseGuid(text); !ok || g != canonical {
			t.Errorf("ParseGuid(%q) = %s, %t", text, g, ok)
		}
	}
	if _, ok := value.ParseGuid("x"); ok {
		t.Error("ParseGuid took x")
	}
}

func TestFrom(t *testing.T) {
	if got := value.From(1 << 40); got != int64(1<<40) {
		t.Errorf("From(1<<40) = %v (%T), want an int64", got, got)
	}
	list, ok := value.From([]string{"a"}).(*value.List)
	if !ok || list.TypeName() != "System.String[]" || !list.IsArray() {
		t.Errorf("From([]string) = %v, want a System.String[]", list)
	}
	var none *value.Object
	if got := value.From(none); got != nil {
		t.Errorf("From(nil object) = %v, want $null", got)
	}
}
