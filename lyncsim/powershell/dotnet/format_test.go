package dotnet_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var april = value.DateTime{Time: time.Date(2013, 4, 1, 15, 4, 5, 678900000, time.UTC), Kind: value.UTC}

func TestFormat(t *testing.T) {
	cases := map[string]struct {
		format string
		args   []any
		want   string
	}{
		"alignment":   {"[{0,5}][{0,-5}]", []any{"ab"}, "[   ab][ab   ]"},
		"braces":      {"{{{0}}}", []any{int32(1)}, "{1}"},
		"digits":      {"{0:D4} {1:X} {2:x4} {3:D3}", []any{int32(42), int32(255), int32(255), int32(-7)}, "0042 FF 00ff -007"},
		"grouping":    {"{0:N0} {1:N2} {2:N1}", []any{int32(1234567), 1234.5, -0.05}, "1,234,567 1,234.50 -0.1"},
		"fixed":       {"{0:F1} {1:F0}", []any{2.25, 2.5}, "2.3 3"},
		"percent":     {"{0:P1}", []any{0.256}, "25.6%"},
		"custom":      {"{0:0.00} {1:#,##0} {2:000} {3:0.##}", []any{1.5, int32(1234), int32(7), 1.5}, "1.50 1,234 007 1.5"},
		"dates":       {"{0:yyyy-MM-dd HH:mm:ss.fff} {0:ddd d MMM yy h:mm tt} {0:o}", []any{april}, "2013-04-01 15:04:05.678 Mon 1 Apr 13 3:04 PM 2013-04-01T15:04:05.6789000Z"},
		"quoted":      {"{0:'at' HH}", []any{april}, "at 15"},
		"span":        {`{0:hh\:mm} {0}`, []any{90 * time.Minute}, "01:30 01:30:00"},
		"no format":   {"{0}", []any{nil}, ""},
		"other value": {"{0:N2}", []any{"text"}, "text"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := dotnet.Format(tc.format, tc.args, false)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	for _, bad := range []string{"{0", "}", "{x}", "{1}", "{0,x}"} {
		if got, err := dotnet.Format(bad, []any{"a"}, false); err == nil {
			t.Errorf("Format(%q) = %q, want a FormatException", bad, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	cases := map[string]string{
		"2013-04-01": "2013-04-01T00:00:00.0000000", "4/1/2013 3:04:05 PM": "2013-04-01T15:04:05.0000000",
		"2013-04-01T15:04:05Z": "2013-04-01T15:04:05.0000000+00:00", "2013-04-01T15:04:05+02:00": "2013-04-01T13:04:05.0000000+00:00",
		"April 1, 2013": "2013-04-01T00:00:00.0000000", "soon": "", "2013-13-01": "",
	}
	for text, want := range cases {
		d, ok := dotnet.ParseDate(text)
		if ok != (want != "") || ok && dotnet.FormatDate(d, "o") != want {
			t.Errorf("ParseDate(%q) = %s, %t; want %q", text, dotnet.FormatDate(d, "o"), ok, want)
		}
	}
}

func TestParseSpan(t *testing.T) {
	cases := map[string]time.Duration{
		"00:01:30": 90 * time.Second, "1.02:03:04.5": 26*time.Hour + 3*time.Minute + 4500*time.Millisecond, "2": 48 * time.Hour, "-00:00:01": -time.Second,
	}
	for text, want := range cases {
		if got, ok := dotnet.ParseSpan(text); !ok || got != want {
			t.Errorf("ParseSpan(%q) = %s, %t; want %s", text, got, ok, want)
		}
	}
	for _, bad := range []string{"x", "25:00:00", "00:61:00", "1:2:3:4:5", ""} {
		if got, ok := dotnet.ParseSpan(bad); ok {
			t.Errorf("ParseSpan(%q) = %s, want none", bad, got)
		}
	}
}
