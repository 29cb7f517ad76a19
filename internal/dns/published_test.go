package dns

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPublished(t *testing.T) {
	key := NewKey("sip.contoso.com", A)
	want := RRSet{Key: key, TTL: 60, Data: []string{"192.0.2.20"}}
	old := RRSet{Key: key, TTL: 60, Data: []string{"192.0.2.10"}}
	slow := RRSet{Key: key, TTL: 3600, Data: []string{"192.0.2.20"}}
	none := RRSet{Key: key}
	down := errors.New("no answer")
	on := func(views ...ServerView) map[Key]Lookup { return map[Key]Lookup{key: {Servers: views}} }
	tests := map[string]struct {
		reason   string
		found    map[Key]Lookup
		want     RRSet
		expect   bool
		laggards []string
	}{
		"everywhere":       {"all agree", on(ServerView{"p", want, nil}, ServerView{"s", want, nil}), want, true, nil},
		"secondary lags":   {"partners may ask it", on(ServerView{"p", want, nil}, ServerView{"s", old, nil}), want, false, []string{"s"}},
		"old TTL":          {"the TTL decides how soon partners follow", on(ServerView{"p", slow, nil}), want, false, []string{"p"}},
		"not there yet":    {"the set is missing on one", on(ServerView{"p", want, nil}, ServerView{"s", none, nil}), want, false, []string{"s"}},
		"secondary down":   {"nobody can ask it, partners neither; it is told all the same", on(ServerView{"p", want, nil}, ServerView{"s", none, down}), want, true, []string{"s"}},
		"primary down":     {"nobody knows", on(ServerView{"p", none, down}, ServerView{"s", want, nil}), want, false, []string{"p"}},
		"not looked up":    {"unknown is not done", map[Key]Lookup{}, want, false, []string{""}},
		"nobody was asked": {"nor is what no server has shown", map[Key]Lookup{key: {Set: want}}, want, false, []string{""}},
		"deleted":          {"gone everywhere, whatever the TTL", on(ServerView{"p", none, nil}), RRSet{Key: key, TTL: 300}, true, nil},
		"deletion lags":    {"one still serves it", on(ServerView{"p", none, nil}, ServerView{"s", old, nil}), none, false, []string{"s"}},
		"TTL of no odds":   {"a wanted TTL of 0 means any", on(ServerView{"p", slow, nil}), RRSet{Key: key, Data: want.Data}, true, nil},
		"empty is not it":  {"no record is not the wanted one", on(ServerView{"p", none, nil}), want, false, []string{"p"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, laggards := Published(tc.found, []RRSet{tc.want})
			if got != tc.expect {
				t.Errorf("%s: published %v, want %v", tc.reason, got, tc.expect)
			}
			var names []string
			for _, l := range laggards {
				names = append(names, l.Server)
			}
			if diff := cmp.Diff(tc.laggards, names); diff != "" {
				t.Errorf("%s: laggards (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}
