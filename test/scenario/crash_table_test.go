package scenario_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fedroute/fedroute/test/support/page"
)

// crashTable is the table of all crashes. It is written anew when a story has ended.
type crashTable struct {
	mu      sync.Mutex
	crashes []crash
	how     map[crash]string
}

// put writes how the story of a crash ended. Crashes that this run does not tell keep what the
// page said of them.
func (c *crashTable) put(t *testing.T, told crash, how string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.how[told] = how
	if *crashesReport != "" {
		if err := page.Rewrite(*crashesReport, "<!-- crashes: begin -->\n", "<!-- crashes: end -->", c.after); err != nil {
			t.Fatal(err)
		}
	}
}

// enoughCame checks that at most one moment in ten was missed.
func (c *crashTable) enoughCame(t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	missed := 0
	for _, how := range c.how {
		if how == notCome {
			missed++
		}
	}
	if missed*10 > len(c.how) {
		t.Errorf("%d of %d moments did not come", missed, len(c.how))
	}
}

// row is all that a row says but how the story ended.
func (c crash) row() string {
	w := c.words()
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | ", c.step, c.call, c.at, strings.Join(w[:2], ", "), c.mode, strings.Join(w[2:], ", "))
}

// after is the table that follows the one before. Which calls the looks at the organization make
// beside a step is a matter of chance, so a run may not know moments that an earlier run with the
// same seed has told of. Their rows stay.
func (c *crashTable) after(before string) string {
	seed := fmt.Sprintf("`CRASH_SEED=%d`", *crashSeed)
	if !strings.Contains(before, seed) {
		before = ""
	}
	var rows []string
	for _, one := range c.crashes {
		how, is := c.how[one]
		if _, rest, found := strings.Cut(before, one.row()); !is && found {
			how, _, is = strings.Cut(rest, " |\n")
		}
		if !is {
			how = untold
		}
		rows = append(rows, one.row()+how+" |\n")
	}
	for line := range strings.Lines(before) {
		known := func(one crash) bool { return strings.HasPrefix(line, one.row()) }
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, tableHead) && !slices.ContainsFunc(c.crashes, known) {
			rows = append(rows, line)
		}
	}
	failed, leases, told, moments := 0, 0, 0, map[string]bool{}
	for _, row := range rows {
		cells := strings.Split(row, " | ")
		moments[strings.Join(cells[:3], "|")] = true
		if strings.Contains(row, "loses the lease") {
			leases++
		}
		if !strings.HasSuffix(row, "| "+untold+" |\n") {
			told++
		}
		if strings.HasSuffix(row, "| failed |\n") {
			failed++
		}
	}
	return fmt.Sprintf("Last told on %s with %s: %d moments, %d crashes, of which %d are lost leases and the others kills; %d were told, and %d of these failed.\n\n%s\n|---|---|---|---|---|---|---|\n%s",
		time.Now().UTC().Format(time.DateOnly), seed, len(moments), len(rows), leases, told, failed, tableHead, strings.Join(rows, ""))
}

const tableHead = "| step | call | of | when, which way | mode | managers, how the first ended, how long the call stood | how it ended |"

// untold is what the table says of a crash that nobody has told.
const untold = "not told"
