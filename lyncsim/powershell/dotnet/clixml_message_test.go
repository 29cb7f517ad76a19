package dotnet_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func TestDeserializeMessageRefuses(t *testing.T) {
	for reason, text := range map[string]string{
		"it is broken":                      `<Obj RefId="0"><MS>`,
		"it is empty":                       ` `,
		"it is not UTF-8":                   "<S>\xff</S>",
		"it has a DOCTYPE":                  `<!DOCTYPE a [<!ENTITY b "c">]><S>b</S>`,
		"an element is unknown":             `<Obj RefId="0"><MS><What N="a">1</What></MS></Obj>`,
		"a number is none":                  `<Obj RefId="0"><MS><I32 N="a">one</I32></MS></Obj>`,
		"a reference leads nowhere":         `<Obj RefId="0"><MS><Ref N="a" RefId="7" /></MS></Obj>`,
		"objects are nested 3,000 deep":     strings.Repeat(`<Obj RefId="0"><LST>`, 3000) + strings.Repeat(`</LST></Obj>`, 3000),
		"$null as a message has no element": `<Nil />`,
	} {
		if v, err := dotnet.DeserializeMessage(text); err == nil {
			t.Errorf("%s: read as %v", reason, v)
		}
	}
}

func TestMessagesGoThereAndBack(t *testing.T) {
	for reason, v := range map[string]any{
		"a text with what XML cannot carry": "a_x0041_ <&>\r\n\x01\uFFFE😀",
		"a number":                          int32(7),
		"an empty text":                     "",
		"a truth":                           true,
	} {
		text, err := dotnet.SerializeMessage(v)
		if err != nil {
			t.Fatalf("%s: %v", reason, err)
		}
		got, err := dotnet.DeserializeMessage(text)
		if diff := cmp.Diff(v, got); diff != "" || err != nil {
			t.Errorf("%s, written %s: %v (-want +got):\n%s", reason, text, err, diff)
		}
	}
}

func TestSerializeMessage(t *testing.T) {
	inner := value.NewObject().Set("B", "b")
	outer := value.NewObject().Set("A", inner).Set("Again", inner)
	const want = `<Obj RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN><MS>` +
		`<Obj N="A" RefId="1"><TNRef RefId="0" /><MS><S N="B">b</S></MS></Obj><Ref N="Again" RefId="1" /></MS></Obj>`
	if got, err := dotnet.SerializeMessage(outer); got != want || err != nil {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// FuzzDeserializeMessage: no text makes the reader panic. Use -fuzzminimizetime=1x: while Go
// shortens a text that found new code, for up to a minute each, it counts no runs.
func FuzzDeserializeMessage(f *testing.F) {
	f.Add(`<Obj RefId="0"><MS><I32 N="MinRunspaces">1</I32><Obj N="E" RefId="1"><TN RefId="0"><T>X</T></TN><ToString>a</ToString><I32>0</I32></Obj></MS></Obj>`)
	f.Add(`<Obj RefId="0"><DCT><En><S N="Key">a</S><Ref N="Value" RefId="0" /></En></DCT></Obj>`)
	f.Add(`<S>a&#xFFFE;_xD83D__xDE00_</S>`)
	f.Add(`<Obj RefId="0"><LST><B>true</B><Nil /><TS>PT1S</TS><DT>2026-01-01T00:00:00Z</DT></LST></Obj>`)
	f.Fuzz(func(_ *testing.T, text string) { _, _ = dotnet.DeserializeMessage(text) })
}
