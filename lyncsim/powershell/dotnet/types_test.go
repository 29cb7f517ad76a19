package dotnet_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func env() *dotnet.Env {
	return &dotnet.Env{Context: context.Background(), Clock: dotnet.RealClock{}, Files: dotnet.NewMemoryDisk(),
		Machine: dotnet.NewLoneMachine("FE01", "fe01.contoso.net"), Vars: map[string]string{}}
}

func TestLookup(t *testing.T) {
	cases := map[string]string{
		"int": "System.Int32", "STRING": "System.String", "System.Text.Encoding": "System.Text.Encoding", "Text.Encoding": "System.Text.Encoding",
		"string[]": "System.String[]", "int[][]": "System.Int32[][]", "xml": "System.Xml.XmlDocument",
		"System.Collections.Generic.List[string]":    "System.Collections.Generic.List`1[System.String]",
		"collections.generic.dictionary[string,int]": "System.Collections.Generic.Dictionary`2[System.String,System.Int32]",
	}
	for name, want := range cases {
		got, ok := dotnet.Lookup(name)
		if !ok || got.Name != want {
			t.Errorf("Lookup(%q) = %v, %t; want %s", name, got, ok, want)
		}
	}
	for name, known := range map[string]bool{"System.Net.Sockets.UdpClient": true, "Random": true, "Net.WebClient": true, "NoSuchType": false, "My.Own": false} {
		if _, ok := dotnet.Lookup(name); ok {
			t.Errorf("Lookup(%q) found something", name)
		}
		if got := dotnet.Known(name); got != known {
			t.Errorf("Known(%q) = %t: a type that .NET has is refused, any other is reported as missing", name, got)
		}
	}
}

func TestConvert(t *testing.T) {
	cases := map[string]struct {
		v    any
		to   string
		want any
		id   string
	}{
		"rounding":        {2.5, "int", int32(2), ""},
		"text":            {"0x10", "int", int32(16), ""},
		"not a number":    {"x", "int", nil, "InvalidCastFromStringToInteger"},
		"not a double":    {"x", "double", nil, "InvalidCastFromStringToDoubleOrSingle"},
		"too big":         {int32(300), "byte", nil, "InvalidCastIConvertible"},
		"one element":     {[]any{"7"}, "int", nil, "ConvertToFinalInvalidCastException"},
		"two elements":    {[]any{"7", "8"}, "int", nil, "ConvertToFinalInvalidCastException"},
		"null to text":    {nil, "string", "", ""},
		"null to number":  {nil, "int", int32(0), ""},
		"null to date":    {nil, "datetime", nil, "nullToObjectInvalidCast"},
		"truth":           {"false", "bool", true, ""},
		"enum":            {"mon", "System.DayOfWeek", value.Enum{Type: dotnet.MustLookup("System.DayOfWeek").Enum, Value: 1}, ""},
		"ambiguous enum":  {"t", "System.DayOfWeek", nil, "SubstringDisambiguationEnumParseThrewAnException"},
		"char":            {int32(65), "char", value.Char('A'), ""},
		"two chars":       {"ab", "char", nil, "InvalidCastParseTargetInvocation"},
		"span":            {"00:01:00", "timespan", time.Minute, ""},
		"version":         {"x", "version", nil, "InvalidCastParseTargetInvocation"},
		"address":         {"999.1.1.1", "ipaddress", nil, "InvalidCastParseTargetInvocation"},
		"no such element": {"a", "int[]", nil, "InvalidCastExceptionScalarToArray"},
		"bad XML":         {"<a>", "xml", nil, "InvalidCastToXmlDocument"},
		"no table":        {"a", "hashtable", nil, "ConvertToFinalInvalidCastException"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := dotnet.Convert(env(), tc.v, dotnet.MustLookup(tc.to))
			id := ""
			if cast, ok := errors.AsType[*dotnet.CastError](err); ok {
				id = cast.ID
			}
			if id != tc.id || got != tc.want {
				t.Errorf("[%s]%v = %v, error %q; want %v, error %q", tc.to, tc.v, got, id, tc.want, tc.id)
			}
		})
	}
}

func TestCLIXML(t *testing.T) {
	inner := value.NewObject().Set("Time", april).Set("Span", 90*time.Minute).Set("Big", int64(5)).Set("Text", "a_x0041_\r\n<&>")
	text, err := dotnet.Serialize([]any{inner, value.NewHashtable().Set("k", []any{true, nil}), inner})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, `<TNRef RefId="1" />`) {
		t.Errorf("type names are written again:\n%s", text)
	}
	back, err := dotnet.Deserialize(text)
	if err != nil {
		t.Fatal(err)
	}
	list := value.Unroll(back)
	o, ok := list[0].(*value.Object)
	if len(list) != 3 || !ok {
		t.Fatalf("read back %v", back)
	}
	got, _ := o.Get("Text")
	if diff := cmp.Diff("a_x0041_\r\n<&>", got); diff != "" {
		t.Errorf("text: -want +got\n%s", diff)
	}
	if when, _ := o.Get("Big"); when != int64(5) {
		t.Errorf("Big is %v", when)
	}
	if _, err := dotnet.Deserialize("<a>"); err == nil {
		t.Error("text that is no CLIXML was read")
	}
}

func TestMemoryDisk(t *testing.T) {
	d := dotnet.NewMemoryDisk()
	if err := d.WriteFile(`C:\Windows\Temp\a.xml`, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{`c:\windows\TEMP\A.XML`: true, `C:/Windows/Temp`: true, `C:\Windows\Tem`: false, `a.xml`: false} {
		if got := d.Exists(path); got != want {
			t.Errorf("Exists(%q) = %t, want %t", path, got, want)
		}
	}
	if err := d.Remove(`C:\windows\temp\a.xml`); err != nil {
		t.Error(err)
	}
	if err := d.Remove(`C:\windows\temp\a.xml`); err == nil {
		t.Error("a missing file was removed")
	}
}

// TestSplit shows that .NET Framework splits at each character of the separator and .NET
// at the whole separator.
func TestSplit(t *testing.T) {
	for core, want := range map[bool][]any{false: {"a", "", "b"}, true: {"a", "b"}} {
		e := env()
		e.Core = core
		got, err := dotnet.Invoke(e, dotnet.MustLookup("string"), "a||b", "Split", []any{"||"})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, value.Unroll(got)); diff != "" {
			t.Errorf("Core %t: -want +got\n%s", core, diff)
		}
	}
}
