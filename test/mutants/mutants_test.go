package main

import (
	"os"
	"os/exec"
	"path/filepath"
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
// its share and at least one; no place is chosen twice, nor waits in two queues.
func TestSample(t *testing.T) {
	var all []place
	for pkg, n := range map[string]int{"large": 90, "small": 9, "tiny": 1} {
		for line := range n {
			all = append(all, place{pkg: pkg, line: line})
		}
	}
	chosen, counts, seen := sample(all, 20, 7), map[string]int{}, map[place]bool{}
	for _, queue := range chosen {
		counts[queue[0].pkg]++
		for _, p := range queue {
			if seen[p] {
				t.Errorf("%v waits in two queues", p)
			}
			seen[p] = true
		}
	}
	if diff := cmp.Diff(map[string]int{"large": 18, "small": 1, "tiny": 1}, counts); diff != "" {
		t.Errorf("chosen by package (-want +got):\n%s", diff)
	}
	same := func(a, b [][]place) bool { return cmp.Equal(a, b, cmp.AllowUnexported(place{})) }
	if !same(chosen, sample(all, 20, 7)) || same(chosen, sample(all, 20, 8)) {
		t.Error("the seed alone does not choose the places")
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
		"\tif (chosenMutant != 0 && (a == b &&\n\t\t(chosenMutant != 1 && (!done) || chosenMutant == 1 && (done))) || chosenMutant == 0 && (false && (a == b &&\n\t\t!done)))/*line :5:8*/ {\n" +
		"\t\treturn true\n\t}\n\treturn (chosenMutant != 2 && (false) || chosenMutant == 2 && (true))\n}\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}
}

// TestExcuses: an excuse is for one change of one line of source, wherever the line stands, and
// at most three in a hundred may be excused. No excuse is left of source that is gone.
func TestExcuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := placesOf(path, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	found[1].pkg = "internal/plan"
	list := excusesOf("internal/plan/p.go\tif a == b && !done {\tboolean: && -> ||\tit is the same\n")
	if why := excuseOf(list, found[1]); why != "it is the same" {
		t.Errorf("the excuse is %q", why)
	}
	found[2].pkg = "internal/plan"
	if why := excuseOf(list, found[2]); why != "" {
		t.Errorf("another change of the line is excused: %q", why)
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
	for _, e := range excuses {
		if !slices.ContainsFunc(all, e.fits) {
			t.Errorf("an excuse is left of source that is gone: %+v", e)
		}
		if !strings.HasSuffix(e.why, ".") {
			t.Errorf("an excuse is no sentence: %+v", e)
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
		"internal/plan/p.go":        "package plan\n\nconst strict = true\n\nfunc Less(a, b int) bool { return a < b }\n\nfunc Same(a, b int) bool { return a == b }\n\nfunc Odd(a int) bool { return strict && a%2 != 0 }\n\nfunc Ends(n int) bool {\n\tfor {\n\t\tif n >= 0 {\n\t\t\treturn true\n\t\t}\n\t}\n}\n",
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
// beside notices, or a suite in the module beside. One that nobody notices survives. One that cannot be chosen in a running
// program is compiled alone.
func TestJudge(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Fatal(err)
	}
	root := module(t)
	all, err := places(root)
	if err != nil {
		t.Fatal(err)
	}
	suites, err := suitesOf(t.Context(), root, t.TempDir(), packagesOf(all))
	if err != nil {
		t.Fatal(err)
	}
	var queues [][]place
	for _, p := range all {
		if p.kind != "early return" || p.was != "n >= 0" { // it would never end
			queues = append(queues, []place{p})
		}
	}
	var out strings.Builder
	if err := (hunt{suites: suites, out: &out}).judge(t.Context(), queues, 2); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"killed  internal/plan/p.go:3 boolean: true -> false",
		"killed  internal/plan/p.go:5 comparison: < -> <=",
		"killed  internal/plan/p.go:7 comparison: == -> !=",
		"killed  internal/plan/p.go:9 boolean: && -> ||",
		"killed  internal/plan/p.go:9 comparison: != -> ==",
		"survived  internal/plan/p.go:13 comparison: >= -> >",
		"killed  internal/plan/p.go:14 boolean: true -> false",
		"1 survived, of which 0 are excused",
		"mutants: 7, killed 6, 85.7 %",
		"",
	}, "\n")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
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
	p, err := suites.compileOne(t.Context(), all[endless])
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	got, err := p.ask(t.Context(), 0)
	if err != nil || got != killed || time.Since(began) < shortest {
		t.Errorf("%s after %v, %v", got, time.Since(began), err)
	}
}
