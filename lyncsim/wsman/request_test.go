package wsman

import (
	"errors"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	good := map[string]time.Duration{
		"PT60S":              time.Minute,
		"PT60.000S":          time.Minute,
		"PT0.5S":             500 * time.Millisecond,
		"PT1H30M5S":          90*time.Minute + 5*time.Second,
		"P1DT2H":             26 * time.Hour,
		"P2D":                48 * time.Hour,
		"PT0S":               0,
		"PT999999999999S":    maxDuration,
		"P999999999DT1H":     maxDuration,
		"PT2147483.647S":     2147483647 * time.Millisecond,
		"PT0.000000001S":     1,
		"PT31535999.999999S": maxDuration - time.Second + 999999*time.Microsecond,
	}
	for text, want := range good {
		if got, err := parseDuration(text); err != nil || (got-want).Abs() > time.Microsecond {
			t.Errorf("%s: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "60", "60S", "PT60", "P1Y", "-PT1S", "PT1.S", "PT1S ", "P1DT", "PT9999999999999999S"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q gives %v", text, got)
		}
	}
}

func FuzzParseEnvelope(f *testing.F) {
	f.Add([]byte(`<s:Envelope xmlns:s="` + nsSOAP + `"><s:Header><a:Action xmlns:a="` + nsAddressing + `">x</a:Action></s:Header></s:Envelope>`))
	f.Add([]byte(`<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := parseEnvelope(raw)
		if e == nil {
			t.Fatal("there is nothing to answer to")
		}
		if _, ok := errors.AsType[*fault](err); err != nil && !ok {
			t.Errorf("an error that is no fault: %v", err)
		}
	})
}
