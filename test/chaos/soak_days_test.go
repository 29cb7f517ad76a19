package chaos_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/fedroute/fedroute/test/support/page"
)

var (
	soakDays = flag.Int("soak-days", 3, "how many days are played")
	soakFrom = flag.Int("soak-from", 2, "the day that the last one is compared with")
	soakOrgs = flag.Int("soak-organizations", 2, "how many organizations there are")
	soakSeed = flag.Uint64("soak-seed", 1, "what the incidents follow from")
	soakPage = flag.String("soak-page", "", "write what was counted into this page")
	soakTold = flag.String("soak-commit", "", "the commit that the page names")
	soakDate = flag.String("soak-date", "", "the day that the page names")
	soakHere = flag.Bool("soak-here", false, "play in this process; for the processes of a soak")
	soakKept = flag.String("soak-profiles", "", "write a heap profile of each evening into this folder, for go tool pprof -diff_base")
	soakEach = flag.Bool("soak-each-leak", false, "plant the leaks one by one")
)

// inOwnProcess runs the test in a process of its own, on one processor: a library may keep its clock
// in a global, and the next bubble would find it there. It is false in that process.
func inOwnProcess(t *testing.T) bool {
	if *soakHere {
		return false
	}
	c := exec.CommandContext(t.Context(), os.Args[0], append(slices.Clone(os.Args[1:]), "-test.run", "^"+t.Name()+"$", "-test.timeout", "0", "-soak-here")...)
	// heap reads the innermost 32 functions of a stack: to note more costs time.
	c.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=400", "GODEBUG=profstackdepth=32")
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it ends with the suite
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		t.Fatal("the process says what was wrong: ", err)
	}
	return true
}

// soak plays days and gives what was counted on the evening of each.
func soak(t *testing.T, organizations, days int, seed uint64, broken *leak) (counted [][]float64, happened int) {
	if _, err := kinds(); err != nil { // not in the bubble
		t.Fatal(err)
	}
	runtime.MemProfileRate = noted(organizations)
	if !*loud { // a log that was kept would grow
		slog.SetDefault(slog.New(slog.DiscardHandler))
	}
	synctest.Test(t, func(t *testing.T) {
		s := openSoak(t, seed, organizations, broken)
		for day := 1; day <= days; day++ {
			happened += s.day(day)
			counted = append(counted, s.count())
			fmt.Println(line(day, counted[day-1]))
			if *soakKept != "" {
				s.must(keepProfile(day))
			}
			for _, o := range s.tenants {
				if broken == nil && !o.ready() {
					t.Errorf("on the evening of day %d the route for %s is not ready:\n%s", day, o.cast.sip[0], o.status())
				}
			}
		}
		s.leave()
	})
	return counted, happened
}

// keepProfile writes what the heap holds this evening, so that two evenings can be compared.
func keepProfile(day int) error {
	var b bytes.Buffer
	runtime.GC()
	if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*soakKept, fmt.Sprintf("day-%02d.heap", day)), b.Bytes(), 0o644)
}

// line is a day for a person who waits.
func line(day int, counted []float64) string {
	var out []string
	for i, one := range allSeries {
		out = append(out, fmt.Sprintf("%s %.0f", one.name, counted[i]/one.unit))
	}
	return fmt.Sprintf("day %d: %s", day, strings.Join(out, ", "))
}

// writePage writes the table of days and a curve of each series between the marks of a page.
func writePage(path string, days [][]float64, says string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s at commit %s: `%s`.\n\n", cmp.Or(*soakDate, "an unknown day"), cmp.Or(*soakTold, "unknown"), says)
	fmt.Fprintf(&b, "| series | curve | day %d | day %d | change |\n|---|---|---|---|---|\n", *soakFrom, len(days))
	for i, one := range allSeries {
		from, to := days[*soakFrom-1][i], days[len(days)-1][i]
		change := "none"
		if from != to {
			change = fmt.Sprintf("%+.1f %%", 100*(to/from-1))
		}
		fmt.Fprintf(&b, "| %s | %s | %.0f | %.0f | %s |\n", one.name, curve(days, i), from/one.unit, to/one.unit, change)
	}
	fmt.Fprintf(&b, "\n| day |")
	for _, one := range allSeries {
		fmt.Fprintf(&b, " %s |", one.name)
	}
	fmt.Fprintf(&b, "\n|%s\n", strings.Repeat("---|", len(allSeries)+1))
	for day, counted := range days {
		fmt.Fprintf(&b, "| %d |", day+1)
		for i, one := range allSeries {
			fmt.Fprintf(&b, " %.0f |", counted[i]/one.unit)
		}
		fmt.Fprintln(&b)
	}
	return page.Rewrite(path, "<!-- soak: written by make soak -->\n", "<!-- end of soak -->", func(string) string { return b.String() })
}

// curve draws a series from nothing to its largest value.
func curve(days [][]float64, series int) string {
	most := 0.0
	for _, d := range days {
		most = max(most, d[series])
	}
	bars := []rune("▁▂▃▄▅▆▇█")
	var out strings.Builder
	for _, d := range days {
		n := 0
		if most > 0 {
			n = int(d[series] / most * float64(len(bars)-1))
		}
		out.WriteRune(bars[n])
	}
	return out.String()
}
