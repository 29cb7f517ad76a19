package main

import (
	"io"
	"testing"
)

// TestVerbsSayHowTheyAreCalled: a name was forgotten, or one too many given.
func TestVerbsSayHowTheyAreCalled(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		want   string
	}{
		"no route": {"the verb needs a route", []string{"status"}, "0 of 1 names were given; write kubectl fedroute status ROUTE [flags]"},
		"too many": {"one route is meant at a time", []string{"approve", "a", "b"}, "2 of 1 names were given; write kubectl fedroute approve ROUTE [flags]"},
		"no hash":  {"a consent is to one set", []string{"adopt", "contoso"}, "1 of 2 names were given; write kubectl fedroute adopt ROUTE HASH [flags]"},
		"no pool":  {"a failback is of one Front End pool", []string{"failback", "contoso"}, "1 of 2 names were given; write kubectl fedroute failback ROUTE POOL [flags]"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			root := newCommand()
			root.SetArgs(c.args)
			root.SetErr(io.Discard)
			if err := root.Execute(); err == nil || err.Error() != c.want {
				t.Errorf("%s: got %v, want %s", c.reason, err, c.want)
			}
		})
	}
}
