package peers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func measured() *report {
	return &report{
		drift: []job{
			{who: "fedroute", took: times{4 * time.Second, 3 * time.Second, 9 * time.Second}, cost: cost{6.6, 0, 0, 1000}},
			{who: "a playbook", took: times{20 * time.Second}, cost: cost{132, 3, 3, 77000}},
		},
		failover: []job{
			{who: "fedroute", took: times{105 * time.Second}, needed: 100 * time.Second},
			{who: "a playbook", took: times{126 * time.Second}, needed: 110 * time.Second},
		},
		names: []contest{
			{who: "fedroute", create: times{100 * time.Millisecond}, repair: times{200 * time.Millisecond}, createMessages: 1602, repairMessages: 1701, right: 400},
			{who: "a peer", create: times{50 * time.Millisecond}, repair: times{8 * time.Second}, right: 200, mixed: 7},
		},
	}
}

func TestGoalsAreToldMetOrMissed(t *testing.T) {
	var b strings.Builder
	measured().goals(&b)
	want := `
### Goals

| goal | measured | |
|---|---|---|
| drift check: ≥ 20× fewer requests than a playbook | 20.0× | met |
| drift check: ≥ 10× less wall time than a playbook | 5.0× | missed |
| failover: within 1.10 of the remote time on its critical path | 1.050 | met |
| failover: ≥ 2× faster than a playbook | 1.20× | missed |
| DNS: ≤ 3× the time of a peer | 2.0× to create, 0.0× to repair | met |
| DNS: ≤ 1,700 messages, a question and a reading back for each set | 1602 to create, 1701 to repair | missed |
| DNS: 400 of 400 sets are right after the repair | 400 | met |
| DNS: 0 of 200 races end in a mix | 0 | met |
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("goals (-want +got):\n%s", diff)
	}
}

func TestJobsAreToldWithTheirSpread(t *testing.T) {
	var b strings.Builder
	measured().tellDrift(&b)
	for _, row := range []string{
		"| fedroute | 4.0 s (3.0 s to 9.0 s) |  | 6.6 | 0 | 0 | 1000 |\n",
		"| a playbook | 20.0 s |  | 132 | 3 | 3 | 77000 |\n",
	} {
		if !strings.Contains(b.String(), row) {
			t.Errorf("no row %q in\n%s", row, b.String())
		}
	}
}

func TestTablesStandBetweenTheMarkers(t *testing.T) {
	cases := map[string]struct {
		reason, before, after string
		refused               bool
	}{
		"first time": {"the page came empty", "head\n" + begin + end + "tail\n", "head\n" + begin + "new\n\n" + end + "tail\n", false},
		"again":      {"old figures go", "head\n" + begin + "old\n" + end + "tail\n", "head\n" + begin + "new\n\n" + end + "tail\n", false},
		"no marker":  {"a page of another kind is left alone", "head\n", "head\n", true},
		"one marker": {"where would it end?", begin + "tail\n", begin + "tail\n", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "page.md")
			if err := os.WriteFile(file, []byte(c.before), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := replace(file, "new\n"); (err != nil) != c.refused {
				t.Errorf("%s: %v", c.reason, err)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
