package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// judges are the packages whose tests judge a mutant, its own first.
func (s *suites) judges(pkg string) []string {
	if !s.tested[pkg] {
		return s.users[pkg]
	}
	return append([]string{pkg}, s.users[pkg]...)
}

// programs are compiled test programs.
type programs struct {
	*suites
	mutants []place
	path    map[string]string        // by package
	took    map[string]time.Duration // by package: how long its tests take unchanged
}

// compile compiles the tests that judge the mutants, with all mutants in them. An error is a
// *refused where the compiler does not take the source.
func (s *suites) compile(ctx context.Context, mutants []place) (*programs, error) {
	folder, err := os.MkdirTemp(s.folder, "programs")
	if err != nil {
		return nil, err
	}
	over, err := overlay(folder, s.root, mutants)
	if err != nil {
		return nil, err
	}
	return s.build(ctx, over, mutants)
}

// compileOne compiles the tests that judge one mutant, which they are whoever chooses.
func (s *suites) compileOne(ctx context.Context, p place) (*programs, error) {
	folder, err := os.MkdirTemp(s.folder, "programs")
	if err != nil {
		return nil, err
	}
	over, err := overlayOfOne(folder, p)
	if err != nil {
		return nil, err
	}
	return s.build(ctx, over, []place{p})
}

func (s *suites) build(ctx context.Context, over layer, mutants []place) (*programs, error) {
	list, err := over.write()
	if err != nil {
		return nil, err
	}
	p := &programs{suites: s, mutants: mutants, path: map[string]string{}, took: map[string]time.Duration{}}
	for _, m := range mutants {
		for _, pkg := range s.judges(m.pkg) {
			if p.path[pkg] != "" {
				continue
			}
			p.path[pkg] = filepath.Join(over.folder, strconv.Itoa(len(p.path))+".test")
			module, path := moduleOf(pkg)
			build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", list, "-o", p.path[pkg], path)
			build.Dir = filepath.Join(s.root, module)
			if out, err := build.CombinedOutput(); err != nil {
				return nil, errors.Join(ctx.Err(), &refused{over.named(string(out))})
			}
		}
	}
	return p, nil
}

// refused is the compiler's refusal.
type refused struct{ text string }

func (r *refused) Error() string { return "the compiler refuses mutants:\n" + r.text }

// steady makes sure that the tests pass so often unchanged, those of a mutated package; of the
// others once. It measures all of them.
func (p *programs) steady(ctx context.Context, times int) error {
	own := map[string]bool{}
	for _, m := range p.mutants {
		own[m.pkg] = true
	}
	for pkg := range p.path {
		n := 1
		if own[pkg] {
			n = times
		}
		began := time.Now()
		for range n { // each in a process of its own, as a mutant is judged
			if out, err := p.run(ctx, pkg, -1, time.Hour); err != nil {
				return fmt.Errorf("the tests of %s fail unchanged: %w\n%s", pkg, err, last(out))
			}
		}
		p.took[pkg] = time.Since(began) / time.Duration(n)
	}
	return nil
}

// shortest is the least time that tests get: a machine that is busy kills no mutant.
const shortest = 20 * time.Second

// ask tells what the tests make of a mutant: those of its own package first, then those of
// the packages that import it, the quick ones before the slow.
func (p *programs) ask(ctx context.Context, number int) (verdict, error) {
	own := p.mutants[number].pkg
	judges := slices.SortedFunc(slices.Values(p.users[own]), func(a, b string) int { return cmp.Compare(p.took[a], p.took[b]) })
	if p.tested[own] {
		judges = slices.Insert(judges, 0, own)
	}
	for _, pkg := range judges {
		if _, err := p.run(ctx, pkg, number, max(10*p.took[pkg], shortest)); err != nil {
			return killed, ctx.Err()
		}
	}
	return survived, ctx.Err()
}

// memory is what a test program may ask for, in KiB, so that a mutant that never stops asking
// does not end the machine.
const memory = "8388608"

// run runs the tests of a package as one mutant, or unchanged with -1.
func (p *programs) run(ctx context.Context, pkg string, number int, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit+shortest) // a program that does not even end by its own limit
	defer cancel()
	test := exec.CommandContext(ctx, "sh", "-c", `ulimit -v "$0"; exec "$@"`, memory, p.path[pkg],
		"-test.failfast", "-test.timeout="+limit.String())
	test.Dir = filepath.Join(p.root, filepath.FromSlash(pkg))
	test.Env = append(os.Environ(), chosenBy+"="+strconv.Itoa(number))
	test.WaitDelay = time.Second
	return test.CombinedOutput()
}

// last is the end of what a command printed.
func last(out []byte) []byte { return out[max(0, len(out)-4000):] }
