package docs_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/plan"
)

func TestStepsAreListedInRunningOrder(t *testing.T) {
	var want, got []string
	for _, k := range plan.Kinds() {
		want = append(want, string(k))
	}
	for _, r := range rows(section(t, page(t, routePage), "## Steps")) {
		got = append(got, codes(r[0])...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps of the page (-want +got):\n%s", diff)
	}
}

// TestUnknownPartsTellWhatWaits: the page names, for each part of the topology, the kinds of
// steps that need it.
func TestUnknownPartsTellWhatWaits(t *testing.T) {
	want, got := map[string][]string{}, map[string][]string{}
	for _, k := range plan.Kinds() {
		for _, n := range k.Rules().Needs {
			want[string(n.Part)] = append(want[string(n.Part)], string(k))
		}
	}
	for _, part := range plan.Whole() {
		want[string(part)] = nil
	}
	for _, r := range rows(section(t, page(t, routePage), "## Unknown parts")) {
		part := codes(r[0])[0]
		got[part] = codes(r[1])
		if whole := strings.HasPrefix(r[1], "the whole plan"); whole {
			got[part] = nil
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts of the page (-want +got):\n%s", diff)
	}
}

// TestStepsTellTheirLimits checks that a step that waits names the limit of its wait last,
// after the limits of its remote commands.
func TestStepsTellTheirLimits(t *testing.T) {
	seen := 0
	for _, r := range rows(section(t, page(t, routePage), "## Steps")) {
		wait := plan.Kind(strings.Trim(r[0], "`")).Rules().Wait
		if r[3] == "" {
			t.Errorf("%s: the page names no limit", r[0])
		}
		if wait == 0 {
			continue
		}
		seen++
		parts := strings.Split(r[3], "then ")
		if want := strings.TrimSuffix(wait.String(), "0s"); !strings.HasPrefix(parts[len(parts)-1], want) {
			t.Errorf("%s: the page says %q, the limit is %s", r[0], r[3], want)
		}
	}
	if seen < 6 {
		t.Errorf("only %d kinds that wait were found; the search is broken", seen)
	}
}

var (
	metric = regexp.MustCompile(`fedroute_[a-z_]+`)
	option = regexp.MustCompile("`--([a-z-]+)")
)

func TestMetricsAreListed(t *testing.T) {
	there := metric.FindAllString(page(t, "controllers/metrics.go"), -1)
	same(t, "metrics", metric.FindAllString(page(t, metricsPage), -1), there)
}

func TestOptionsExist(t *testing.T) {
	source, seen := page(t, "cmd/manager/main.go"), 0
	for _, path := range []string{routePage, topologyPage, failurePage, architecture} {
		for _, m := range option.FindAllStringSubmatch(page(t, path), -1) {
			seen++
			if !strings.Contains(source, `"`+m[1]+`"`) {
				t.Errorf("%s: the manager has no option --%s", path, m[1])
			}
		}
	}
	if seen < 4 {
		t.Errorf("only %d options were found; the search is broken", seen)
	}
}
