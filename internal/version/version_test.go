package version

import (
	"runtime/debug"
	"testing"
)

func TestTheBestKnownVersionIsSaid(t *testing.T) {
	of := func(version string) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Version: version}}
	}
	cases := map[string]struct {
		reason string
		built  string
		info   *debug.BuildInfo
		want   string
	}{
		"make":                  {"the build knows the commit, the module does not", "v0.2.0-3-g1a2b3c4-dirty", of("(devel)"), "v0.2.0-3-g1a2b3c4-dirty"},
		"go install":            {"nobody gave the linker a version, the module has one", "", of("v0.2.0"), "v0.2.0"},
		"go build":              {"(devel) is no word that a label or a log should hold", "", of("(devel)"), "devel"},
		"go test":               {"a test's module has no version at all", "", of(""), "devel"},
		"without modules":       {"there is no build information to read", "", nil, "devel"},
		"git describe says all": {"a tag that was moved must not win over the commit", "v0.2.0-1-g0", of("v0.2.0"), "v0.2.0-1-g0"},
	}
	for name, c := range cases {
		if got := choose(c.built, c.info, c.info != nil); got != c.want {
			t.Errorf("%s: got %q, want %q, because %s", name, got, c.want, c.reason)
		}
	}
}
