package peers

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// goals compares the figures with the goals and writes which goals are met.
func (r *report) goals(b io.Writer) {
	fmt.Fprint(b, "\n### Goals\n\n| goal | measured | |\n|---|---|---|\n")
	goal := func(text string, met bool, format string, args ...any) {
		verdict := "missed"
		if met {
			verdict = "met"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", text, fmt.Sprintf(format, args...), verdict)
	}
	ours := r.drift[0]
	for _, p := range r.drift[1:] {
		requests, wall := p.cost.requests/ours.cost.requests, ratio(p.took.median(), ours.took.median())
		goal("drift check: ≥ 20× fewer requests than "+p.who, requests >= 20, "%.1f×", requests)
		goal("drift check: ≥ 10× less wall time than "+p.who, wall >= 10, "%.1f×", wall)
	}
	own := r.failover[0]
	overhead := ratio(own.took.median(), own.needed)
	goal("failover: within 1.10 of the remote time on its critical path", overhead <= 1.10, "%.3f", overhead)
	for _, p := range r.failover[1:] {
		faster := ratio(p.took.median(), own.took.median())
		goal("failover: ≥ 2× faster than "+p.who, faster >= 2, "%.2f×", faster)
	}
	names := r.names[0]
	for _, p := range r.names[1:] {
		created, repaired := ratio(names.create.median(), p.create.median()), ratio(names.repair.median(), p.repair.median())
		goal("DNS: ≤ 3× the time of "+p.who, max(created, repaired) <= 3, "%.1f× to create, %.1f× to repair", created, repaired)
	}
	goal("DNS: ≤ 1,700 messages, a question and a reading back for each set", max(names.createMessages, names.repairMessages) <= 1700, "%d to create, %d to repair", names.createMessages, names.repairMessages)
	goal("DNS: 400 of 400 sets are right after the repair", names.right == 2*domains, "%d", names.right)
	goal("DNS: 0 of 200 races end in a mix", names.mixed == 0, "%d", names.mixed)
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// spread is a median and what lies around it.
func spread(t times) string {
	return fmt.Sprintf("%s (%s to %s)", seconds(t.median()), seconds(t.least()), seconds(t.most()))
}

func number(n float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") }
