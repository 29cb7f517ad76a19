package dotnet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func TestDeserialize(t *testing.T) {
	const head = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">`
	cases := map[string]struct {
		reason, text string
		want         any
	}{
		"duration":  {"a time span has the form of XML Schema", `<TS>-P1DT2H3M4.5S</TS>`, -(26*time.Hour + 3*time.Minute + 4500*time.Millisecond)},
		"decorated": {"a string with properties of its own is still that string", `<Obj RefId="0"><S>fe1</S><MS><S N="Path">x</S></MS></Obj>`, "fe1"},
		"enum": {"an enum is its number",
			`<Obj RefId="0"><TN RefId="0"><T>System.DayOfWeek</T></TN><ToString>Friday</ToString><I32>5</I32></Obj>`, int32(5)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := dotnet.Deserialize(head + tc.text + "</Objs>")
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", tc.reason, err, diff)
			}
		})
	}
}

func TestDeserializeReference(t *testing.T) {
	got, err := dotnet.Deserialize(`<Objs><Obj RefId="0"><DCT>` +
		`<En><S N="Key">a</S><Obj N="Value" RefId="1"><LST><S>x</S></LST></Obj></En>` +
		`<En><S N="Key">b</S><Ref N="Value" RefId="1" /></En></DCT></Obj></Objs>`)
	if err != nil {
		t.Fatal(err)
	}
	table := got.(*value.Hashtable)
	a, _ := table.Get("a")
	b, _ := table.Get("b")
	if a == nil || a != b {
		t.Errorf("what is written once and referred to again is one object: %v, %v", a, b)
	}
}

func TestSerializeDepth(t *testing.T) {
	nested := value.NewObject().Set("A", value.NewObject().Set("B", value.NewObject().Set("C", value.NewObject().Set("D", "deep"))))
	for depth, want := range map[int]bool{2: false, 5: true} {
		text, err := dotnet.SerializeDepth(nested, depth)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(text, ">deep<"); got != want {
			t.Errorf("depth %d shows the innermost property: %t, want %t\n%s", depth, got, want, text)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, d := range map[string]time.Duration{
		"PT0S": 0, "PT30S": 30 * time.Second, "PT10M": 10 * time.Minute, "PT1H": time.Hour, "P1D": 24 * time.Hour, "-P1DT1M0.5S": -(24*time.Hour + time.Minute + time.Second/2),
	} {
		got, err := dotnet.Serialize(d)
		if err != nil || !strings.Contains(got, "<TS>"+text+"</TS>") {
			t.Errorf("%s is written %s (%v), want %s", d, got, err, text)
		}
		if back, err := dotnet.Deserialize(got); back != any(d) || err != nil {
			t.Errorf("%s is read back as %v (%v)", text, back, err)
		}
	}
}
