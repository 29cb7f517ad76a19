package chaos_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/test/support/page"
)

var (
	again     = flag.Int("again", 0, "play each of the seeds so often, and compare their journals; 0: two seeds three times")
	againInto = flag.String("again-report", "", "a page between whose lines <!-- again: begin --> and <!-- again: end --> the result of -again is written")
)

// TestASeedGivesOneJournal: what a seed writes, and when, is the same each time. With Go's own
// runtime seeds 3 and 14 have several stories: there two things happen in one instant, and which
// comes first decides something.
func TestASeedGivesOneJournal(t *testing.T) {
	which, times := []uint64{3, 14}, 3
	if *again > 0 {
		which, times = nil, *again
		for n := range *seeds {
			which = append(which, *seedBase+n)
		}
	}
	program := steady(t)
	t.Run("seeds", func(t *testing.T) {
		for _, seed := range which {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				first := playedBy(program, seed)
				if first.Journal == "" {
					t.Fatal("nothing was written: ", first.Violations, first.Story)
				}
				for n := 1; n < times; n++ {
					if d := cmp.Diff(strings.Split(first.Journal, "\n"), strings.Split(playedBy(program, seed).Journal, "\n")); d != "" {
						t.Fatalf("time %d of %d is another story:\n%s", n+1, times, d)
					}
				}
			})
		}
	})
	if *againInto == "" || t.Failed() {
		return
	}
	result := fmt.Sprintf("On %s each of the seeds %d to %d was played %d times, and gave one journal.\n", time.Now().UTC().Format(time.DateOnly), which[0], which[len(which)-1], times)
	if err := page.Rewrite(*againInto, "<!-- again: begin -->\n", "<!-- again: end -->", func(string) string { return result }); err != nil {
		t.Error(err)
	}
}

// steady builds this test with a runtime that leaves nothing in a bubble to chance, and with more
// flags of go test.
func steady(t *testing.T, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "chaos.test")
	build := exec.Command("go", slices.Concat([]string{"run", "../support/steady", "-o", program}, flags, []string{"."})...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // also where this test has the race detector
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}
