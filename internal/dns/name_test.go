package dns

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
)

func TestCheckName(t *testing.T) {
	tests := map[string]struct {
		reason string
		name   string
		flaw   string // "" means that the name is good
	}{
		"host":                     {"an ordinary name", "sip.contoso.com", ""},
		"final dot":                {"the dot at the end is how zone files write it", "sip.contoso.com.", ""},
		"service":                  {"service labels begin with an underscore", "_sipfederationtls._tcp.contoso.com", ""},
		"digits":                   {"labels may begin with a digit", "3com.test", ""},
		"empty":                    {"nothing was written", "", "empty"},
		"two dots":                 {"a typing error", "sip..contoso.com", "two dots"},
		"space":                    {"a typing error", "sip contoso.com", "character ' '"},
		"wildcard":                 {"nobody federates with a wildcard", "*.contoso.com", "character '*'"},
		"url":                      {"a URL is no name", "https://contoso.com", "character ':'"},
		"hyphen":                   {"RFC 952", "-sip.contoso.com", "hyphen"},
		"umlaut":                   {"international names are written in their ASCII form", "münchen.test", "character 'ü'"},
		"long label":               {"63 is the limit", strings.Repeat("a", 64) + ".com", "longer than 63"},
		"long name":                {"253 is the limit", strings.Repeat("abcdefg.", 32) + "com", "at most 253"},
		"limit name":               {"253 are allowed", strings.Repeat("abcdefg.", 31) + "ab.co", ""},
		"a letter too many":        {"254 are not", strings.Repeat("abcdefg.", 31) + "abc.co", "at most 253"},
		"each end of the alphabet": {"letters and digits", "azAZ09-_.contoso.com", ""},
		"before a":                 {"a sign", "`.contoso.com", "character '`'"},
		"behind z":                 {"a sign", "{.contoso.com", "character '{'"},
		"before A":                 {"a sign", "@.contoso.com", "character '@'"},
		"behind Z":                 {"a sign", "[.contoso.com", "character '['"},
		"before 0":                 {"a sign", "/.contoso.com", "character '/'"},
		"behind 9":                 {"a sign", ":.contoso.com", "character ':'"},
		"limit label":              {"63 are allowed", strings.Repeat("a", 63) + ".com", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := CheckName(tc.name)
			if tc.flaw == "" && err != nil {
				t.Errorf("%s: %v", tc.reason, err)
			}
			if tc.flaw != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tc.flaw)) {
				t.Errorf("%s: got %v, want Invalid that says %q", tc.reason, err, tc.flaw)
			}
		})
	}
}

func TestAncestorsAndWithin(t *testing.T) {
	want := []string{"emea.contoso.com", "contoso.com", "com"}
	if diff := cmp.Diff(want, Ancestors("sip.emea.contoso.com")); diff != "" {
		t.Errorf("nearest first, no root (-want +got):\n%s", diff)
	}
	for _, top := range []string{"com", "."} {
		if got := Ancestors(top); got != nil {
			t.Errorf("above %q lies %q", top, got)
		}
	}
	tests := map[string]struct {
		name, domain string
		want         bool
	}{
		"itself":          {"contoso.com", "contoso.com", true},
		"below":           {"sip.contoso.com", "contoso.com", true},
		"same ending":     {"notcontoso.com", "contoso.com", false},
		"above":           {"com", "contoso.com", false},
		"within the root": {"contoso.com", ".", true},
	}
	for name, tc := range tests {
		if got := Within(tc.name, tc.domain); got != tc.want {
			t.Errorf("%s: Within(%q, %q) = %v", name, tc.name, tc.domain, got)
		}
	}
}
