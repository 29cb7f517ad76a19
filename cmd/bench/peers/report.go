package peers

import (
	"fmt"
	"os"
	"strings"
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

// write puts the text between the markers of the page.
func write(page, text string) error {
	whole, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(whole), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("%s has no lines %q and %q", page, begin, end)
	}
	return os.WriteFile(page, []byte(head+begin+"\n"+text+"\n"+end+tail), 0o644)
}

func (r report) markdown() string {
	var b strings.Builder
	b.WriteString("### One drift check\n\n")
	r.jobs(&b, r.drift)
	b.WriteString("\n### One failover\n\n")
	r.jobs(&b, r.failover)
	b.WriteString("\n### 200 SRV and 200 A records\n\n")
	r.contests(&b)
	b.WriteString("\n### Goals\n\n")
	r.goals(&b)
	return b.String()
}

func (r report) jobs(b *strings.Builder, jobs []job) {
	b.WriteString("| by | wall time | remote time on the critical path | HTTP requests | connections | PowerShell starts | bytes |\n|---|---|---|---|---|---|---|\n")
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

func (r report) contests(b *strings.Builder) {
	b.WriteString("| by | created in | repaired in | messages to create | messages to repair | sets right after the repair | mixed after 200 races |\n|---|---|---|---|---|---|---|\n")
	for _, c := range r.names {
		fmt.Fprintf(b, "| %s | %s | %s | %d | %d | %d of %d | %d |\n", c.who, spread(c.create), spread(c.repair),
			c.createMessages, c.repairMessages, c.right, 2*domains, c.mixed)
	}
}
