package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fedroute/fedroute/test/support/page"
)

var (
	seeds    = flag.Uint64("seeds", 2, "how many seeds are played")
	seedBase = flag.Uint64("seed-base", 1, "the first of them")
	within   = flag.Duration("for", 0, "begin no seed after this time; 0: play them all")
	shards   = flag.Uint64("shards", 2, "how many seeds are played side by side")
	tell     = flag.Bool("tell", false, "tell the story of each seed, and not only of those that broke something")
	into     = flag.String("report", "", "a page between whose lines <!-- chaos: begin --> and <!-- chaos: end --> the results are written")
	playing  = flag.Uint64("play", 0, "play this seed in this process and write what became of it; for the processes of a hunt")
)

// TestChaos plays seeds, each in a process of its own. So a seed that hangs or panics takes no
// other with it, and none finds what another left behind in a global of a library.
func TestChaos(t *testing.T) {
	if *playing != 0 {
		line, err := json.Marshal(play(t, *playing))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s%s\n", marker, line)
		return
	}
	began := time.Now()
	var h hunt
	var all sync.WaitGroup
	next := make(chan uint64)
	for range *shards {
		all.Go(func() {
			for seed := range next {
				h.add(alone(seed))
			}
		})
	}
	for n := range *seeds {
		if *within > 0 && time.Since(began) > *within {
			break
		}
		next <- *seedBase + n
	}
	close(next)
	all.Wait()
	h.report(t, time.Since(began))
}

// marker begins the line that says what became of a seed.
const marker = "outcome "

// hang is how long a seed may take.
const hang = 5 * time.Minute

// alone plays a seed in a process.
func alone(seed uint64) outcome { return playedBy(os.Args[0], seed) }

// playedBy plays a seed in a process of a program. One that panics or hangs is a violation.
func playedBy(program string, seed uint64) (o outcome) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	c := exec.CommandContext(ctx, program, "-test.run", "^TestChaos$", "-test.timeout", "0", "-play", fmt.Sprint(seed))
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGQUIT) } // it says where it hangs
	c.WaitDelay = 10 * time.Second
	c.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=300")
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it ends with the hunt
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	for line := range strings.Lines(out.String()) {
		if text, is := strings.CutPrefix(line, marker); is {
			err = json.Unmarshal([]byte(text), &o)
			o.Took = time.Since(began)
			if err == nil {
				return o
			}
		}
	}
	return outcome{Seed: seed, Violations: []string{fmt.Sprint("the seed broke its process: ", err)}, Took: time.Since(began),
		Story: firstLines(out.String(), 60) + firstLines(errs.String(), 80)}
}

func firstLines(text string, n int) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "")
}

// hunt gathers what became of all seeds.
type hunt struct {
	mu       sync.Mutex
	outcomes []outcome
}

func (h *hunt) add(o outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.outcomes = append(h.outcomes, o)
	fmt.Printf("seed %d: %d writes in %s, served %s after the last fault (by hand %s), %d violations, played in %s\n",
		o.Seed, o.Writes, o.Lasted.Round(time.Second), o.Served.Round(time.Second), o.ByHand.Round(time.Second), len(o.Violations), o.Took.Round(time.Millisecond))
	if len(o.Violations) == 0 && !*tell {
		return
	}
	for _, v := range o.Violations {
		fmt.Printf("seed %d: %s\n", o.Seed, v)
	}
	fmt.Printf("%s\n", o.Story)
}

// report prints the table and the last line.
func (h *hunt) report(t *testing.T, took time.Duration) {
	slices.SortFunc(h.outcomes, func(a, b outcome) int { return int(a.Seed) - int(b.Seed) })
	violations, converged, late := 0, 0, 0
	var lasted, served, played time.Duration
	struck := map[string]map[string]int{}
	steps := map[string]bool{}
	for _, o := range h.outcomes {
		violations += len(o.Violations)
		if o.Late {
			late++
		}
		if o.Converged {
			converged++
		}
		lasted, served, played = lasted+o.Lasted, max(served, o.Served), played+o.Took
		for fault, by := range o.Struck {
			for step, n := range by {
				if struck[fault] == nil {
					struck[fault] = map[string]int{}
				}
				struck[fault][step] += n
				steps[step] = true
			}
		}
	}
	var out strings.Builder
	columns := slices.Sorted(maps.Keys(steps))
	fmt.Fprintf(&out, "Seeds %d to %d: %d violations, %d of %d converged. %s were simulated, %s for each seed, at %s of one processor or less. The longest wait for service after the last fault was %s; in %d of the seeds it was longer than 1.5 times that of an administrator and one look.\n\n",
		*seedBase, *seedBase+uint64(len(h.outcomes))-1, violations, converged, len(h.outcomes), lasted.Round(time.Hour), (lasted / time.Duration(max(len(h.outcomes), 1))).Round(time.Minute),
		(played / time.Duration(max(len(h.outcomes), 1))).Round(100*time.Millisecond), served.Round(time.Second), late)
	fmt.Fprintf(&out, "| struck during | %s |\n|---|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, fault := range slices.Sorted(maps.Keys(struck)) {
		fmt.Fprintf(&out, "| %s |", fault)
		for _, step := range columns {
			if n := struck[fault][step]; n > 0 {
				fmt.Fprintf(&out, " %d", n)
			}
			out.WriteString(" |")
		}
		out.WriteString("\n")
	}
	fmt.Println(out.String())
	fmt.Printf("played in %s\n", took.Round(time.Second))
	lastLine = fmt.Sprintf("chaos: %d seeds, %d violations, %d converged", len(h.outcomes), violations, converged)
	if *into != "" {
		if err := page.Rewrite(*into, "<!-- chaos: begin -->\n", "<!-- chaos: end -->", func(string) string { return out.String() }); err != nil {
			t.Error(err)
		}
	}
	if violations > 0 || converged < len(h.outcomes) {
		t.Fail()
	}
}
