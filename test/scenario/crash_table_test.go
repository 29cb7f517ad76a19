package scenario_test

import (
	"fmt"
	"os"
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
	rows    map[string]string // by place
}

// put writes how the story of a crash ended. Crashes that this run does not tell keep what the
// page said of them.
func (c *crashTable) put(t *testing.T, told crash, how string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows[told.place()] = told.row() + how + " |\n"
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
	for _, row := range c.rows {
		if endsSo(row, notCome) {
			missed++
		}
	}
	if missed*10 > len(c.rows) {
		t.Errorf("%d of %d moments did not come", missed, len(c.rows))
	}
}

// place is the moment of a crash in words, and whether it is before the effect of the call or
// after it. Each place has one row.
func (c crash) place() string { return placeOf(c.row()) }

func placeOf(row string) string {
	cells := strings.Split(row, " | ")
	when, _, _ := strings.Cut(cells[3], ",")
	return strings.Join(append(cells[:3:3], when), " | ")
}

// endsSo reports whether a row says that its story ended so.
func endsSo(row, how string) bool { return strings.HasSuffix(row, "| "+how+" |\n") }

// row is all that a row says but how the story ended.
func (c crash) row() string {
	w := c.words()
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | ", c.step, c.call, c.at, strings.Join(w[:2], ", "), c.mode, strings.Join(w[2:], ", "))
}

// after is the table that follows the one before. Which calls the looks at the organization make
// beside a step is a matter of chance, so a run may not know moments that an earlier run with the
// same seed has told of. Their rows stay.
func (c *crashTable) after(before string) string {
	seed := seedOfTable()
	var lines []string
	earlier := map[string]string{}
	for line := range strings.Lines(before) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, tableHead) && strings.Contains(before, seed) {
			lines = append(lines, line)
			earlier[placeOf(line)] = line
		}
	}
	var rows, places []string
	for _, one := range c.crashes {
		place := one.place()
		row, was := c.rows[place], earlier[place]
		if was != "" && (row == "" || endsSo(row, notCome) && !endsSo(was, untold)) {
			row = was
		}
		if row == "" {
			row = one.row() + untold + " |\n"
		}
		rows, places = append(rows, row), append(places, place)
	}
	for _, line := range lines {
		if !slices.Contains(places, placeOf(line)) {
			rows, places = append(rows, line), append(places, placeOf(line))
		}
	}
	failed, lost, handed, told, moments := 0, 0, 0, 0, map[string]bool{}
	for _, row := range rows {
		moments[strings.Join(strings.Split(row, " | ")[:3], "|")] = true
		if endsSo(row, untold) || endsSo(row, notCome) {
			continue
		}
		told++
		switch {
		case strings.Contains(row, string(deprived)):
			lost++
		case strings.Contains(row, string(replaced)):
			handed++
		}
		if endsSo(row, "failed") {
			failed++
		}
	}
	return fmt.Sprintf("Last told on %s with %s: %d moments, %d crashes; %d were told, %d of them with a lost lease, %d with one that was handed over and the others with a kill, and %d failed.\n\n%s\n|---|---|---|---|---|---|---|\n%s",
		time.Now().UTC().Format(time.DateOnly), seed, len(moments), len(rows), told, lost, handed, failed, tableHead, strings.Join(rows, ""))
}

// unfinished lists the moments that an earlier run with this seed has met, and of which no story
// was told to its end.
func unfinished(t *testing.T) (moments []atCall) {
	if *crashesReport == "" {
		return nil
	}
	text, err := os.ReadFile(*crashesReport)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), seedOfTable()) {
		return nil
	}
	for row := range strings.Lines(string(text)) {
		if endsSo(row, untold) || endsSo(row, notCome) || endsSo(row, "failed") {
			cells := strings.Split(strings.TrimPrefix(row, "| "), " | ")
			moments = append(moments, atCall{cells[0], cells[1], cells[2]})
		}
	}
	return moments
}

// seedOfTable is how the table names its seed.
func seedOfTable() string { return fmt.Sprintf("`CRASH_SEED=%d`", *crashSeed) }

const tableHead = "| step | call | of | when, which way | mode | managers, how the first ended, how long the call stood | how it ended |"

// untold is what the table says of a crash that nobody has told.
const untold = "not told"
