package peers

import (
	"fmt"
	"io"
	"strings"

	"github.com/fedroute/fedroute/test/support/page"
)

// report is everything that was measured.
type report struct {
	drift, failover []job
	names           []contest
}

const (
	begin = "<!-- make bench-peers writes from here -->\n"
	end   = "<!-- to here -->\n"
)

// write puts the tables between the markers of the page.
func (r *report) write(path string) error {
	var text strings.Builder
	for _, table := range []func(io.Writer){r.tellDrift, r.tellFailover, r.tellNames, r.goals} {
		table(&text)
	}
	return replace(path, text.String())
}

func replace(path, text string) error {
	return page.Rewrite(path, begin, end, func(string) string { return text + "\n" })
}

func (r *report) tellDrift(out io.Writer) {
	fmt.Fprint(out, "\n### One drift check\n\n")
	tell(out, r.drift)
}

func (r *report) tellFailover(out io.Writer) {
	fmt.Fprint(out, "\n### One failover\n\n")
	tell(out, r.failover)
}

// tell writes the table of one job.
func tell(b io.Writer, jobs []job) {
	fmt.Fprint(b, "| by | wall time | remote time on the critical path | HTTP requests | connections | PowerShell starts | bytes |\n|---|---|---|---|---|---|---|\n")
	for _, j := range jobs {
		wall, needed := seconds(j.took.median()), ""
		if len(j.took) > 1 {
			wall += fmt.Sprintf(" (%s to %s)", seconds(j.took.least()), seconds(j.took.most()))
		}
		if j.needed > 0 {
			needed = seconds(j.needed)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %.0f |\n", j.who, wall, needed,
			number(j.cost.requests), number(j.cost.connections), number(j.cost.powershells), j.cost.bytes)
	}
}

func (r *report) tellNames(b io.Writer) {
	fmt.Fprint(b, "\n### 200 SRV and 200 A records\n\n| by | created in | repaired in | messages to create | messages to repair | sets right after the repair | mixed after 200 races |\n|---|---|---|---|---|---|---|\n")
	for _, c := range r.names {
		fmt.Fprintf(b, "| %s | %s | %s | %d | %d | %d of %d | %d |\n", c.who, spread(c.create), spread(c.repair),
			c.createMessages, c.repairMessages, c.right, 2*domains, c.mixed)
	}
}
