package rfc2136

import (
	"testing"
	"time"
)

// TestStandings: a plain standing is remembered so long, and one that is no plain one makes
// forget what was known of the name.
func TestStandings(t *testing.T) {
	const name, age = "sip.contoso.com.", time.Minute
	plain := standing{zone: "contoso.com."}
	cases := map[string]struct {
		reason   string
		notes    []standing // one after the other
		forgets  []string
		later    time.Duration
		remember bool
	}{
		"plain":          {"the zone is known", []standing{plain}, nil, 0, true},
		"at the limit":   {"an age is the longest that counts", []standing{plain}, nil, age, true},
		"after it":       {"somebody may have cut the zone since", []standing{plain}, nil, age + 1, false},
		"never noted":    {"nobody asked yet", nil, nil, 0, false},
		"no zone":        {"the answer did not say", []standing{plain, {}}, nil, 0, false},
		"a cut":          {"the name went to another zone", []standing{plain, {zone: "contoso.com.", cut: "sip.contoso.com."}}, nil, 0, false},
		"lame":           {"the server lost the zone", []standing{plain, {zone: "contoso.com.", lame: "it refuses"}}, nil, 0, false},
		"a wildcard":     {"the name does not exist any more", []standing{plain, {zone: "contoso.com.", covered: true}}, nil, 0, false},
		"plain again":    {"the last answer counts", []standing{{}, plain}, nil, 0, true},
		"forgotten":      {"a server contradicted it", []standing{plain}, []string{"x.", name}, 0, false},
		"another's name": {"nobody contradicted this one", []standing{plain}, []string{"x."}, 0, true},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
			clock := func() time.Time { return now }
			for _, exists := range []bool{true, false} {
				s := NewStandings()
				for _, st := range c.notes {
					s.note(name, st, exists, clock)
				}
				s.forget(c.forgets)
				now = now.Add(c.later)
				st, existed, ok := s.within(name, age, clock)
				if ok != c.remember || ok && (st != plain || existed != exists) || !ok && (st != standing{} || existed) {
					t.Errorf("%s: %+v, exists %t, remembered %t", c.reason, st, existed, ok)
				}
			}
		})
	}
}

// TestNoStandings: without a memory nothing is remembered, and nothing breaks.
func TestNoStandings(t *testing.T) {
	var s *Standings
	s.note("sip.contoso.com.", standing{zone: "contoso.com."}, true, time.Now)
	s.forget([]string{"sip.contoso.com."})
	if st, exists, ok := s.within("sip.contoso.com.", time.Hour, time.Now); ok || exists || st != (standing{}) {
		t.Errorf("%+v, exists %t, remembered %t", st, exists, ok)
	}
}
