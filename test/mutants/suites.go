package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// verdict is what became of a mutant.
type verdict string

const (
	killed   verdict = "killed"
	survived verdict = "survived"
)

// suites run the tests that judge mutants.
type suites struct {
	root   string
	folder string              // of the test programs
	tested map[string]bool     // packages that have tests
	users  map[string][]string // by package: those with tests that import it
}

// suitesModule is the folder of the module with the suites that stand beside the product.
const suitesModule = "test"

// apart are suites that import a judged package and judge no mutant.
var apart = map[string]string{
	"test/docs":             "it judges the pages",
	"test/interop/winrm":    "it judges programs of others",
	"test/scenario":         "it needs a control plane and half an hour",
	"test/support/apistore": "it judges what stands in for the API server",
}

// judging are the tests of a suite that judge mutants where not all of its tests do.
var judging = map[string]string{
	"test/chaos": "^TestChaos$", // others run hundreds of seeds, or days of a farm
}

// suitesOf asks the go command which tests see which package: those of the product's module,
// and those of the suites beside it.
func suitesOf(ctx context.Context, root, folder string, packages []string) (*suites, error) {
	s := &suites{root: root, folder: folder, tested: map[string]bool{}, users: map[string][]string{}}
	for _, module := range []string{".", suitesModule} {
		if _, err := os.Stat(filepath.Join(root, module, "go.mod")); err != nil {
			continue // a module in a test has no suites beside it
		}
		if err := s.list(ctx, module, packages); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// list notes the packages of a module that have tests, and which of the judged packages they
// import.
func (s *suites) list(ctx context.Context, module string, packages []string) error {
	list := exec.CommandContext(ctx, "go", "list", "-test", "-json=ImportPath,ForTest,Deps,Module", "./...")
	list.Dir = filepath.Join(s.root, module)
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list in %s: %w", module, err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p struct {
			ImportPath, ForTest string
			Deps                []string
			Module              struct{ Path string }
		}
		if err := d.Decode(&p); err != nil {
			return err
		}
		tested, isTest := strings.CutSuffix(p.ImportPath, ".test")
		product := strings.TrimSuffix(p.Module.Path, "/"+suitesModule)
		tested = strings.TrimPrefix(tested, product+"/")
		if !isTest || apart[tested] != "" {
			continue
		}
		s.tested[tested] = true
		for _, pkg := range packages {
			path := product + "/" + pkg
			if tested != pkg && slices.ContainsFunc(p.Deps, func(dep string) bool { return strings.Fields(dep)[0] == path }) {
				s.users[pkg] = append(s.users[pkg], tested)
			}
		}
	}
	return nil
}

// moduleOf is the folder of the module of a package, and the package's path in it.
func moduleOf(pkg string) (module, path string) {
	if inside, is := strings.CutPrefix(pkg, suitesModule+"/"); is {
		return suitesModule, "./" + inside
	}
	return ".", "./" + pkg
}

// judges are the packages whose tests judge a mutant: its own first, those that run longest
// last.
func (s *suites) judges(pkg string) []string {
	judges := slices.SortedStableFunc(slices.Values(s.users[pkg]), func(a, b string) int { return cmp.Compare(judging[a], judging[b]) })
	if s.tested[pkg] {
		judges = slices.Insert(judges, 0, pkg)
	}
	return judges
}

// programs are test programs with mutants in them.
type programs struct {
	*suites
	layer   string // the list of files that lie over the source
	mutants []place
	path    map[string]string // of a compiled program, by package
	seen    map[string]*sight // by package
	others  *programs         // those that can be unchanged, where these cannot: the mutant is in them without a choice
}

// compile makes programs with all mutants in them. An error is a *refused where the compiler
// does not take the source.
func (s *suites) compile(ctx context.Context, mutants []place) (*programs, error) {
	folder, err := os.MkdirTemp(s.folder, "programs")
	if err != nil {
		return nil, err
	}
	over, err := overlay(folder, s.root, mutants)
	if err != nil {
		return nil, err
	}
	return s.accept(ctx, over, mutants)
}

// compileOne makes programs of one mutant, which they are whoever chooses.
func (s *suites) compileOne(ctx context.Context, p place, others *programs) (*programs, error) {
	folder, err := os.MkdirTemp(s.folder, "programs")
	if err != nil {
		return nil, err
	}
	over, err := overlayOfOne(folder, p)
	if err != nil {
		return nil, err
	}
	one, err := s.accept(ctx, over, []place{p})
	if err != nil {
		return nil, err
	}
	one.others = others
	return one, nil
}

// accept asks the compiler whether it takes the packages with the mutants.
func (s *suites) accept(ctx context.Context, over layer, mutants []place) (*programs, error) {
	list, err := over.write()
	if err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-overlay", list)
	for _, pkg := range packagesOf(mutants) {
		build.Args = append(build.Args, "./"+pkg)
	}
	build.Dir = s.root
	if out, err := build.CombinedOutput(); err != nil {
		if len(out) == 0 { // it did not come to its complaints
			return nil, errors.Join(ctx.Err(), fmt.Errorf("compile mutants: %w", err))
		}
		return nil, errors.Join(ctx.Err(), &refused{over.named(string(out))})
	}
	return &programs{suites: s, layer: list, mutants: mutants, path: map[string]string{}, seen: map[string]*sight{}}, nil
}

// refused is the compiler's refusal.
type refused struct{ text string }

func (r *refused) Error() string { return "the compiler refuses mutants:\n" + r.text }

// program is the path of the compiled tests of a package.
func (p *programs) program(ctx context.Context, pkg string) (string, error) {
	if path := p.path[pkg]; path != "" {
		return path, nil
	}
	path := filepath.Join(filepath.Dir(p.layer), strconv.Itoa(len(p.path))+".test")
	module, folder := moduleOf(pkg)
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", p.layer, "-o", path, folder)
	build.Dir = filepath.Join(p.root, module)
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(ctx.Err(), fmt.Errorf("the tests of %s do not compile: %w\n%s", pkg, err, out))
	}
	p.path[pkg] = path
	return path, nil
}

// sight is what the tests of a package showed unchanged.
type sight struct {
	took    map[string]time.Duration // by test
	reached map[string]map[int]bool  // by test: the mutants whose places it evaluates, by number
}

// see runs each test of a package unchanged, in a process of its own, and sees how long it
// takes and which mutants' places it reaches. A test that does not reach a place cannot notice
// its mutant.
func (p *programs) see(ctx context.Context, pkg string) (*sight, error) {
	if p.others != nil {
		return p.others.see(ctx, pkg)
	}
	if s := p.seen[pkg]; s != nil {
		return s, nil
	}
	names, err := p.names(ctx, pkg)
	if err != nil {
		return nil, err
	}
	s := &sight{map[string]time.Duration{}, map[string]map[int]bool{}}
	for _, name := range names {
		began := time.Now()
		if s.reached[name], err = p.watch(ctx, pkg, name); err != nil {
			return nil, err
		}
		s.took[name] = time.Since(began)
	}
	p.seen[pkg] = s
	return s, nil
}

// names lists the tests of a package.
func (p *programs) names(ctx context.Context, pkg string) ([]string, error) {
	out, err := p.run(ctx, pkg, time.Minute, nil, "-test.list="+cmp.Or(judging[pkg], "^(Test|Example|Fuzz)"))
	if err != nil {
		return nil, fmt.Errorf("list the tests of %s: %w\n%s", pkg, err, last(out))
	}
	return strings.Fields(string(out)), nil
}

// watch runs one test unchanged, and gives the numbers of the mutants whose places it reaches.
func (p *programs) watch(ctx context.Context, pkg, name string) (map[int]bool, error) {
	note := filepath.Join(p.folder, "reached")
	if err := os.WriteFile(note, nil, 0o600); err != nil {
		return nil, err
	}
	if out, err := p.run(ctx, pkg, time.Hour, []string{reachedIn + "=" + note}, only([]string{name})); err != nil {
		return nil, fmt.Errorf("%s of %s fails unchanged, alone: %w\n%s", name, pkg, err, last(out))
	}
	text, err := os.ReadFile(note)
	if err != nil {
		return nil, err
	}
	reached := map[int]bool{}
	for line := range strings.Lines(string(text)) {
		number, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			return nil, err
		}
		reached[number] = true
	}
	return reached, nil
}

// repeat makes sure that the tests of the mutated packages pass so often unchanged.
func (p *programs) repeat(ctx context.Context, times int) error {
	for _, pkg := range packagesOf(p.mutants) {
		if !p.tested[pkg] {
			continue
		}
		for n := range times { // each in a process of its own, as a mutant is judged
			if out, err := p.run(ctx, pkg, time.Hour, nil); err != nil {
				return fmt.Errorf("the tests of %s fail unchanged, the time %d of %d: %w\n%s", pkg, n+1, times, err, last(out))
			}
		}
	}
	return nil
}

// quick is how long a test takes at most that is asked before the longer ones.
const quick = 300 * time.Millisecond

// batches are the tests of a package that may notice a mutant, the quick ones before the slow.
func (p *programs) batches(s *sight, number int) [][]string {
	var swift, slow []string
	for _, name := range slices.Sorted(maps.Keys(s.took)) {
		switch {
		case p.others == nil && !s.reached[name][number]:
		case s.took[name] <= quick:
			swift = append(swift, name)
		default:
			slow = append(slow, name)
		}
	}
	return slices.DeleteFunc([][]string{swift, slow}, func(b []string) bool { return len(b) == 0 })
}

// all is how long tests take together.
func (s *sight) all(names []string) time.Duration {
	var d time.Duration
	for _, name := range names {
		d += s.took[name]
	}
	return d
}

// shortest is the least time that tests get: a machine that is busy kills no mutant.
const shortest = 20 * time.Second

// ask tells what the tests make of a mutant: those of its own package first.
func (p *programs) ask(ctx context.Context, number int) (verdict, error) {
	for _, pkg := range p.judges(p.mutants[number].pkg) {
		s, err := p.see(ctx, pkg)
		if err != nil {
			return "", err
		}
		for _, batch := range p.batches(s, number) {
			if _, err := p.program(ctx, pkg); err != nil {
				return "", err
			}
			limit := max(10*s.all(batch), shortest)
			if _, err := p.run(ctx, pkg, limit, []string{chosenBy + "=" + strconv.Itoa(number)}, only(batch)); err != nil {
				return killed, ctx.Err()
			}
		}
	}
	return survived, ctx.Err()
}

// only is the flag that chooses tests.
func only(names []string) string { return "-test.run=^(" + strings.Join(names, "|") + ")$" }

// memory is what a test program may ask for, in KiB, so that a mutant that never stops asking
// does not end the machine.
const memory = "8388608"

// run runs the tests of a package.
func (p *programs) run(ctx context.Context, pkg string, limit time.Duration, environment []string, flags ...string) ([]byte, error) {
	path, err := p.program(ctx, pkg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit+shortest) // a program that does not even end by its own limit
	defer cancel()
	run := exec.CommandContext(ctx, "sh", slices.Concat([]string{"-c", `ulimit -v "$0"; exec "$@"`, memory, path,
		"-test.failfast", "-test.timeout=" + limit.String()}, flags)...)
	run.Dir = filepath.Join(p.root, filepath.FromSlash(pkg))
	run.Env = append(os.Environ(), environment...)
	run.WaitDelay = time.Second
	return run.CombinedOutput()
}

// last is the end of what a command printed.
func last(out []byte) []byte { return out[max(0, len(out)-4000):] }
