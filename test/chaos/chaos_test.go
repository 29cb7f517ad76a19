package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	seeds    = flag.Uint64("seeds", 2, "how many seeds are played")
	seedBase = flag.Uint64("seed-base", 1, "the first of them")
	within   = flag.Duration("for", 0, "begin no seed after this time; 0: play them all")
	shards   = flag.Uint64("shards", 2, "how many seeds are played side by side")
	tell     = flag.Bool("tell", false, "tell the story of each seed, and not only of those that broke something")
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
	h := hunt{kept: resume(t)}
	h.outcomes = h.kept.before()
	var all sync.WaitGroup
	played := func(seed uint64) { h.add(alone(seed)) }
	next := make(chan uint64)
	for range *shards {
		all.Go(func() {
			for seed := range next {
				played(seed)
			}
		})
	}
	for n := range *seeds {
		if h.kept.has(*seedBase + n) {
			continue
		}
		if *within > 0 && time.Since(began) > *within {
			break
		}
		if seed := *seedBase + n; isLive(seed) {
			all.Go(func() { played(seed) }) // it waits most of the time
		} else {
			next <- seed
		}
	}
	close(next)
	all.Wait()
	h.report(t, time.Since(began))
}

// marker begins the line that says what became of a seed.
const marker = "outcome "

// hang is how long a seed may take in a bubble, and hangLive how long on a real API server.
const hang, hangLive = 20 * time.Minute, 4 * time.Hour

// alone plays a seed in a process.
func alone(seed uint64) outcome { return playedBy(os.Args[0], seed) }

// playedBy plays a seed in a process of a program. One that panics or hangs is a violation.
func playedBy(program string, seed uint64) (o outcome) {
	began := time.Now()
	limit, runs := hang, "GODEBUG=asyncpreemptoff=1" // the changed runtime then lets each goroutine run until it waits
	if isLive(seed) {
		limit, runs = hangLive, "GOGC=300"
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, program, "-test.run", "^TestChaos$", "-test.timeout", "0", "-play", fmt.Sprint(seed), "-live", fmt.Sprint(*live))
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGQUIT) } // it says where it hangs
	c.WaitDelay = 10 * time.Second
	c.Env = append(os.Environ(), "GOMAXPROCS=1", runs)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it ends with the hunt
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	for line := range strings.Lines(out.String()) {
		if text, is := strings.CutPrefix(line, marker); is {
			err = json.Unmarshal([]byte(text), &o)
			o.Took, o.Live = time.Since(began), isLive(seed)
			if err == nil {
				return o
			}
		}
	}
	return outcome{Seed: seed, Violations: []string{fmt.Sprint("the seed broke its process: ", err)}, Took: time.Since(began), Live: isLive(seed),
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
	kept     *progress // nil: nothing is kept
}

func (h *hunt) add(o outcome) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.outcomes = append(h.outcomes, o)
	h.kept.add(o)
	how := "played"
	if o.Live {
		how = "played live"
	}
	fmt.Printf("seed %d: %d writes in %s, served %s after the last fault (by hand %s), %d violations, %s in %s\n",
		o.Seed, o.Writes, o.Lasted.Round(time.Second), o.Served.Round(time.Second), o.ByHand.Round(time.Second), len(o.Violations), how, o.Took.Round(time.Millisecond))
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
	s := shardOf(*seedBase, h.outcomes)
	fmt.Printf("%s\n%s\nplayed in %s\n", s.summary(), s.coverage(), took.Round(time.Second))
	lastLine = fmt.Sprintf("chaos: %d seeds, %d violations, %d converged", s.Seeds, s.Violations, s.Converged)
	if *results != "" {
		if err := h.keep(s); err != nil {
			t.Error(err)
		}
	}
	if s.Violations > 0 || s.Converged < s.Seeds {
		t.Fail()
	}
}
