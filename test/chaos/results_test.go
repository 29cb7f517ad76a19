package chaos_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/test/chaos/judge"
	"github.com/fedroute/fedroute/test/support/page"
)

var (
	results = flag.String("results", "", "a page that the sums of all shards are written to. The shard is kept below shards, and one that was interrupted goes on where it stopped")
	commit  = flag.String("commit", "", "what was played, for the results")
	date    = flag.String("date", "", "when, for the results")
)

// shard is what became of some seeds one after another. The shards that were played lie in the
// folder shards, each in a file that its first seed names.
type shard struct {
	Base           uint64                    `json:"base"`
	Seeds          int                       `json:"seeds"`
	Live           int                       `json:"live"`
	Violations     int                       `json:"violations"`
	Converged      int                       `json:"converged"`
	SimulatedHours int                       `json:"simulatedHours"`
	LongestSeconds int                       `json:"longestSeconds"` // that partners were not served after the last fault
	Date           string                    `json:"date"`
	Commit         string                    `json:"commit"`
	Struck         map[string]map[string]int `json:"struck"` // by fault and step
}

func shardOf(base uint64, outcomes []outcome) shard {
	s := shard{Base: base, Date: *date, Commit: *commit, Struck: map[string]map[string]int{}}
	var simulated, longest time.Duration
	for _, o := range outcomes {
		s.Seeds++
		s.Violations += len(o.Violations)
		if o.Live {
			s.Live++
		}
		if o.Converged {
			s.Converged++
		}
		simulated, longest = simulated+o.Lasted, max(longest, o.Served)
		s.strike(o.Struck)
	}
	s.SimulatedHours, s.LongestSeconds = int(simulated.Hours()+0.5), int(longest.Seconds()+0.5)
	return s
}

func (s *shard) strike(struck map[string]map[string]int) {
	for fault, by := range struck {
		for step, n := range by {
			if s.Struck[fault] == nil {
				s.Struck[fault] = map[string]int{}
			}
			s.Struck[fault][step] += n
		}
	}
}

// sum adds shards up.
func sum(shards []shard) shard {
	all := shard{Struck: map[string]map[string]int{}}
	for _, s := range shards {
		all.Seeds += s.Seeds
		all.Live += s.Live
		all.Violations += s.Violations
		all.Converged += s.Converged
		all.SimulatedHours += s.SimulatedHours
		all.LongestSeconds = max(all.LongestSeconds, s.LongestSeconds)
		all.strike(s.Struck)
	}
	return all
}

func (s shard) summary() string {
	return fmt.Sprintf("Seeds %d to %d: %d violations, %d of %d converged, %d hours simulated; the longest wait for service after the last fault was %s.",
		s.Base, s.Base+uint64(max(s.Seeds, 1))-1, s.Violations, s.Converged, s.Seeds, s.SimulatedHours, time.Duration(s.LongestSeconds)*time.Second)
}

// coverage is the table of faults by the steps during which they struck.
func (s shard) coverage() string {
	var out strings.Builder
	columns := append(slices.Clone(judge.Steps), judge.Between)
	fmt.Fprintf(&out, "| struck during | %s |\n|---|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, r := range rows() {
		fmt.Fprintf(&out, "| %s |", r.fault)
		for _, step := range columns {
			switch n := s.Struck[r.fault][step]; {
			case n > 0:
				fmt.Fprintf(&out, " %d", n)
			case excused(r.fault, step) != "":
				out.WriteString(" –")
			}
			out.WriteString(" |")
		}
		out.WriteString("\n")
	}
	return out.String()
}

// cell is a fault and a step.
type cell struct{ fault, step string }

// excuses say of each cell of the table that stays empty why the fault cannot strike then.
var excuses = map[cell]string{}

func excused(fault, step string) string { return excuses[cell{fault, step}] }

// empty lists the cells in which no fault has struck and that nothing excuses.
func (s shard) empty() (out []string) {
	for _, r := range rows() {
		for _, step := range judge.Steps {
			if s.Struck[r.fault][step] == 0 && excused(r.fault, step) == "" {
				out = append(out, r.fault+" during "+step)
			}
		}
	}
	return out
}

// full is the number of seeds that have to strike every cell.
const full = 1000

// progress keeps what became of the seeds of a shard that is being played, one in a line.
type progress struct {
	path string
	file *os.File
	done []outcome
}

// kept is a line of the file.
type kept struct {
	Commit  string
	Outcome outcome
}

// resume reads how far the shard came when it was interrupted. What another commit has played
// does not count.
func resume(t *testing.T) *progress {
	if *results == "" {
		return nil
	}
	p := &progress{path: filepath.Join("shards", fmt.Sprint(*seedBase, ".part"))}
	if f, err := os.Open(p.path); err == nil {
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var k kept
			if json.Unmarshal(lines.Bytes(), &k) == nil && k.Commit == *commit {
				p.done = append(p.done, k.Outcome)
			}
		}
		_ = f.Close()
	}
	err := os.MkdirAll("shards", 0o755)
	if err == nil {
		p.file, err = os.OpenFile(p.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *progress) before() []outcome {
	if p == nil {
		return nil
	}
	return slices.Clone(p.done)
}

func (p *progress) has(seed uint64) bool {
	return p != nil && slices.ContainsFunc(p.done, func(o outcome) bool { return o.Seed == seed })
}

func (p *progress) add(o outcome) {
	if p == nil {
		return
	}
	o.Story, o.Journal = "", "" // they were printed
	line, err := json.Marshal(kept{*commit, o})
	if err == nil {
		_, err = fmt.Fprintf(p.file, "%s\n", line)
	}
	if err != nil {
		fmt.Println("this seed will be played again after an interruption:", err)
	}
}

// keep writes the shard's file and the page; without seeds, the page alone. Where all shards together have full seeds, it
// fails because of empty cells.
func (h *hunt) keep(s shard) error {
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	if s.Seeds > 0 {
		err = os.WriteFile(filepath.Join("shards", fmt.Sprint(s.Base, ".json")), append(text, '\n'), 0o644)
	}
	if err != nil {
		return err
	}
	if err := os.Remove(h.kept.path); err != nil {
		return err
	}
	all, err := shardsPlayed()
	if err != nil {
		return err
	}
	if err := page.Rewrite(*results, pageBegins, pageEnds, func(string) string { return onPage(all) }); err != nil {
		return err
	}
	return covered(all)
}

// covered is an error where full seeds have left cells empty.
func covered(shards []shard) error {
	s := sum(shards)
	if empty := s.empty(); s.Seeds >= full && len(empty) > 0 {
		return fmt.Errorf("in %d seeds no fault has struck: %s", s.Seeds, strings.Join(empty, "; "))
	}
	return nil
}

func shardsPlayed() (out []shard, err error) {
	files, err := filepath.Glob("shards/*.json")
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var s shard
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b shard) int { return cmp.Compare(a.Base, b.Base) })
	return out, nil
}

const (
	pageBegins = "<!-- chaos: written by make chaos RESULTS=1 -->\n"
	pageEnds   = "<!-- end of chaos -->"
)

// onPage is what the page says of the shards.
func onPage(shards []shard) string {
	var out strings.Builder
	out.WriteString("| first seed | seeds | live | violations | converged | simulated | longest wait for service | played on | commit |\n|---|---|---|---|---|---|---|---|---|\n")
	line := func(first string, s shard) {
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d hours | %s | %s | %s |\n", first, s.Seeds, s.Live, s.Violations, s.Converged, s.SimulatedHours,
			time.Duration(s.LongestSeconds)*time.Second, s.Date, s.Commit)
	}
	for _, s := range shards {
		line(fmt.Sprint(s.Base), s)
	}
	all := sum(shards)
	line("all", all)
	fmt.Fprintf(&out, "\n%s", all.coverage())
	for _, r := range rows() {
		for _, step := range judge.Steps {
			if reason := excused(r.fault, step); reason != "" {
				fmt.Fprintf(&out, "\n- %s does not strike during %s: %s.", r.fault, step, reason)
			}
		}
	}
	return out.String()
}

// TestTheShardsAreOnThePage: the page says what the shards that were played say, and together
// they have struck every cell.
func TestTheShardsAreOnThePage(t *testing.T) {
	shards, err := shardsPlayed()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs/proof.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), pageBegins+onPage(shards)+pageEnds) {
		t.Error("docs/proof.md does not say what the files in test/chaos/shards say: make chaos SEEDS=0 RESULTS=1 writes it anew")
	}
	if err := covered(shards); err != nil {
		t.Error(err)
	}
	all := sum(shards)
	for c, reason := range excuses {
		if all.Struck[c.fault][c.step] > 0 {
			t.Errorf("%s has struck during %s, though it was excused: %s", c.fault, c.step, reason)
		}
	}
}
