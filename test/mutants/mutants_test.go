package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const source = `package p

func f(a, b int, done bool) (bool, error) {
	if a == b && !done {
		return true, nil
	}
	err := g()
	if err != nil {
		return false, err
	}
	for a < b {
		if done {
			break
		}
	}
	if a > b {
		a++
	}
	return a >= b || done, nil
}
`

// TestPlaces: each comparison, boolean, early return and error path of a file is a place, and
// nothing else.
func TestPlaces(t *testing.T) {
	found, err := placesOf("p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range found {
		got = append(got, p.String())
	}
	want := []string{
		"p.go:4 early return: a == b && !done -> false && (a == b && !done)",
		"p.go:4 boolean: && -> ||",
		"p.go:4 comparison: == -> !=",
		"p.go:4 boolean: ! -> ",
		"p.go:5 boolean: true -> false",
		"p.go:8 error path: err != nil -> false && (err != nil)",
		"p.go:8 comparison: != -> ==",
		"p.go:9 boolean: false -> true",
		"p.go:11 comparison: < -> <=",
		"p.go:12 early return: done -> false && (done)",
		"p.go:16 comparison: > -> >=",
		"p.go:19 boolean: || -> &&",
		"p.go:19 comparison: >= -> >",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// TestSample: a seed chooses the same places each time, another seed others; each package gives
// its share and at least one; no place is chosen twice, nor waits in two queues. A line that is
// added above leaves the sample as it is.
func TestSample(t *testing.T) {
	var all, later []place
	for pkg, n := range map[string]int{"large": 90, "small": 9, "tiny": 1} {
		for i := range n {
			p := place{pkg: pkg, line: i, source: fmt.Sprint("if a == ", i)}
			all = append(all, p)
			p.line++
			later = append(later, p)
		}
	}
	chosen, counts, seen := sample(all, 20, 7), map[string]int{}, map[place]bool{}
	for _, q := range chosen {
		counts[q.places[0].pkg]++
		for _, p := range q.places {
			if seen[p] {
				t.Errorf("%v waits in two queues", p)
			}
			seen[p] = true
		}
	}
	if diff := cmp.Diff(map[string]int{"large": 18, "small": 1, "tiny": 1}, counts); diff != "" {
		t.Errorf("chosen by package (-want +got):\n%s", diff)
	}
	ranks := func(all []place, seed uint64) (out []uint64) {
		for _, q := range sample(all, 20, seed) {
			out = append(out, q.rank)
		}
		return out
	}
	if !slices.Equal(ranks(all, 7), ranks(later, 7)) {
		t.Error("a line above the places changes the sample")
	}
	identities := func(seed uint64) (out []string) {
		for _, q := range sample(all, 20, seed) {
			out = append(out, q.places[0].identity())
		}
		return out
	}
	if !slices.Equal(identities(7), identities(7)) || slices.Equal(identities(7), identities(8)) {
		t.Error("the seed alone does not choose the places")
	}
}

// TestIdentity: a place keeps its name when lines above it come and go. Two places that are
// written alike have two names.
func TestIdentity(t *testing.T) {
	identities := func(text string) (out []string) {
		found, err := placesOf("p.go", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range found {
			out = append(out, p.identity())
		}
		return out
	}
	text := "package p\n\nfunc (s *set[T]) has(a, b bool) bool {\n\treturn !a || !b\n}\n\nvar on = true\n"
	want := []string{
		"p.go\tset.has\treturn !a || !b\tboolean: || -> &&\t0",
		"p.go\tset.has\treturn !a || !b\tboolean: ! -> \t0",
		"p.go\tset.has\treturn !a || !b\tboolean: ! -> \t1",
		"p.go\t\tvar on = true\tboolean: true -> false\t0",
	}
	if diff := cmp.Diff(want, identities(text)); diff != "" {
		t.Errorf("identities (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, identities(strings.Replace(text, "\n\n", "\n\n// A comment.\n\n", 1))); diff != "" {
		t.Errorf("identities after a line is added (-want +got):\n%s", diff)
	}
}

// TestSwitchable: each mutant of a file is chosen by its number, also one inside another, and
// the lines keep their numbers.
func TestSwitchable(t *testing.T) {
	text := []byte("package p\n\nfunc f(a, b int, done bool) bool {\n\tif a == b &&\n\t\t!done {\n\t\treturn true\n\t}\n\treturn false\n}\n")
	found, err := placesOf("p.go", text)
	if err != nil {
		t.Fatal(err)
	}
	chosen := []place{found[0], found[3], found[5]} // the early return, the negation in it, the last boolean
	got, err := switchable(text, []int{0, 1, 2}, chosen)
	if err != nil {
		t.Fatal(err)
	}
	want := "package p\n\nfunc f(a, b int, done bool) bool {\n" +
		"\tif (!isMutant(0) && (a == b &&\n\t\t(!isMutant(1) && (!done) || isMutant(1) && (done))) || isMutant(0) && (false && (a == b &&\n\t\t!done)))/*line :5:8*/ {\n" +
		"\t\treturn true\n\t}\n\treturn (!isMutant(2) && (false) || isMutant(2) && (true))\n}\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}
}

// TestExcuses: at most three in a hundred may be excused. Each excuse is a sentence, for a change
// of source that is there.
func TestExcuses(t *testing.T) {
	list := excusesOf("p.go\tf\tif a == b && !done {\tboolean: && -> ||\t0\tIt is the same.\n")
	var got tally
	for _, identity := range []string{"p.go\tf\tif a == b && !done {\tboolean: && -> ||\t0", "p.go\tf\tif a == b && !done {\tcomparison: == -> !=\t0"} {
		got.add(result{identity: identity, verdict: survived}, list)
	}
	if want := (tally{mutants: 2, excused: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	for excused, tooMany := range map[int]bool{3: false, 4: true} {
		if got := (tally{mutants: 100, excused: excused}).tooManyExcuses() != nil; got != tooMany {
			t.Errorf("%d of 100 are too many: %v", excused, got)
		}
	}
	all, err := places(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for identity, why := range excuses {
		if !slices.ContainsFunc(all, func(p place) bool { return p.identity() == identity }) {
			t.Errorf("an excuse is left of source that is gone: %s", identity)
		}
		if !strings.HasSuffix(why, ".") {
			t.Errorf("an excuse is no sentence: %s", why)
		}
	}
}

// module writes a module with two packages, a constant and tests, and a module with a suite
// beside it.
func module(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, folder := range judgedFolders {
		if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(folder)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"go.mod":                    "module example.com/product\n\ngo 1.26\n",
		"internal/plan/p.go":        "package plan\n\nconst strict = true\n\nfunc Less(a, b int) bool { return a < b }\n\nfunc Same(a, b int) bool { return a == b }\n\nfunc Odd(a int) bool { return strict && a%2 != 0 }\n\nfunc Ends(n int) bool {\n\tfor {\n\t\tif n >= 0 {\n\t\t\treturn true\n\t\t}\n\t}\n}\n\nfunc Unasked() bool { return true }\n",
		"internal/plan/p_test.go":   "package plan\n\nimport \"testing\"\n\nfunc TestLess(t *testing.T) {\n\tif Less(2, 2) || !Odd(3) || !Ends(1) {\n\t\tt.Fail()\n\t}\n}\n",
		"internal/status/s.go":      "package status\n\nimport \"example.com/product/internal/plan\"\n\nvar Same = plan.Same\n",
		"internal/status/s_test.go": "package status\n\nimport \"testing\"\n\nfunc TestIt(t *testing.T) {\n\tif Same(3, 2) {\n\t\tt.Fail()\n\t}\n}\n",
		"test/go.mod":               "module example.com/product/test\n\ngo 1.26\n\nrequire example.com/product v0.0.0\n\nreplace example.com/product => ../\n",
		"test/edges/edges_test.go":  "package edges\n\nimport (\n\t\"testing\"\n\n\t\"example.com/product/internal/plan\"\n)\n\nfunc TestOdd(t *testing.T) {\n\tif plan.Odd(2) {\n\t\tt.Fail()\n\t}\n}\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestJudge: a change that the package's test notices is killed, and one that only a package
// beside notices, or a suite in the module beside. One that nobody notices survives, and one
// that no test reaches. One that cannot be chosen in a running program is compiled alone. A
// ledger is continued: what it holds is not judged again.
func TestJudge(t *testing.T) {
	root, ledger := module(t), filepath.Join(t.TempDir(), "7.tsv")
	all, err := places(root)
	if err != nil {
		t.Fatal(err)
	}
	suites, err := suitesOf(t.Context(), root, t.TempDir(), packagesOf(all))
	if err != nil {
		t.Fatal(err)
	}
	var queues []queue
	for i, p := range all {
		if p.kind != "early return" || p.was != "n >= 0" { // it would never end
			queues = append(queues, queue{uint64(i), []place{p}})
		}
	}
	judge := func(first int) string {
		t.Helper()
		l, err := ledgerOf(ledger)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := (hunt{suites: suites, ledger: l, out: &out}).judge(t.Context(), queues, first); err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`in \d+m?s`).ReplaceAllString(out.String(), "in no time")
	}
	verdicts := []string{
		"killed  internal/plan/p.go:3 boolean: true -> false",
		"killed  internal/plan/p.go:5 comparison: < -> <=",
		"killed  internal/plan/p.go:7 comparison: == -> !=",
		"killed  internal/plan/p.go:9 boolean: && -> ||",
		"killed  internal/plan/p.go:9 comparison: != -> ==",
		"survived  internal/plan/p.go:13 comparison: >= -> >",
		"killed  internal/plan/p.go:14 boolean: true -> false",
		"survived  internal/plan/p.go:19 boolean: true -> false",
	}
	sum := "2 survived, of which 0 are excused\nmutants: 8, killed 6, 75.0 %\n"
	want := strings.Join(verdicts, "\n") + "\n8 of 8 are judged, 8 of them now, in no time\n" + sum
	if diff := cmp.Diff(want, judge(2)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(ledger)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	if !strings.HasPrefix(lines[0], "steady\t") || !strings.HasSuffix(lines[0], "\t2\n") {
		t.Errorf("the ledger does not say that the tests passed twice: %q", lines[0])
	}
	if err := os.WriteFile(ledger, []byte(strings.Join(lines[:8], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	want = verdicts[7] + "\n8 of 8 are judged, 1 of them now, in no time\n" + sum
	if diff := cmp.Diff(want, judge(2)); diff != "" {
		t.Errorf("verdicts of the second part (-want +got):\n%s", diff)
	}
}

// TestAskWaits: a mutant whose tests do not end is killed by their limit.
func TestAskWaits(t *testing.T) {
	t.Parallel()
	root := module(t)
	all, err := places(root)
	if err != nil {
		t.Fatal(err)
	}
	suites, err := suitesOf(t.Context(), root, t.TempDir(), packagesOf(all))
	if err != nil {
		t.Fatal(err)
	}
	endless := slices.IndexFunc(all, func(p place) bool { return p.was == "n >= 0" })
	p, err := suites.compile(t.Context(), all[endless:endless+1])
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	got, err := p.ask(t.Context(), 0)
	if err != nil || got != killed || time.Since(began) < shortest {
		t.Errorf("%s after %v, %v", got, time.Since(began), err)
	}
}
