// Program steady builds a test program in whose testing/synctest bubbles everything comes in the
// same order each time:
//
//	go run ./support/steady -o PROGRAM ./chaos
//
// Go's own runtime leaves to chance which of several ready cases of a select is taken, which of
// several timers that are due at one instant comes first, where the walk over a map begins, and
// when a goroutine has run for so long that another comes. The runtime of the program that is
// built throws a bubble's dice from a stream of the bubble, and lets its goroutines run until
// they wait. The program must run on one processor, and collect garbage only when it asks for it.
//
// An overlay of the runtime would make Go compile every package anew. So only the runtime is
// compiled, and the linker gets it in place of Go's own; it refuses one that does not fit.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// change is a text of a file of the runtime, which must be there once, and what takes its place.
// No change moves a line, so that the runtime exports the same as before.
type change struct{ file, from, to string }

var changes = []change{
	// The dice of a bubble. Without the race detector nothing else uses the field in which the
	// state is kept.
	{"rand.go", "func rand() uint64 {\n", "func rand() uint64 { if b := getg().bubble; b != nil { s := &b.timers.raceCtx; *s += 0xa0761d6478bd642f; hi, lo := math.Mul64(uint64(*s), uint64(*s)^uint64(b.now)^0xe7037ed1a0b428db); return hi ^ lo }\n"},
	{"select.go", "j := cheaprandn(uint32(norder + 1))", "j := randn(uint32(norder + 1))"},
	{"time.go", "t.rand = cheaprand()", "t.rand = uint32(rand())"},
	// The dice of the process, from which maps get what they hash with.
	{"rand.go", "globalRand.state.Init(*seed)\n", "globalRand.state.Init([32]byte{1})\n"},
	// Nobody takes the processor away from a goroutine, unless it has had it for five seconds: it
	// spins then, as a manager of controller-runtime does that is told to end while it starts.
	{"proc.go", "func retake(now int64) uint32 {\n", "func retake(now int64) uint32 { if debug.asyncpreemptoff != 0 { if pp := allp[0]; pp.sysmontick.schedtick != pp.schedtick { pp.sysmontick.schedtick, pp.sysmontick.schedwhen = pp.schedtick, now } else if now-pp.sysmontick.schedwhen > 5e9 { preemptone(pp) }; return 0 }\n"},
	// A goroutine outside the bubble that wakes comes after those in it that can run.
	{"proc.go", "	runqput(mp.p.ptr(), gp, next)\n	wakep()\n	releasem(mp)\n", "	runqput(mp.p.ptr(), gp, next && (gp.bubble != nil || debug.asyncpreemptoff == 0))\n	wakep()\n	releasem(mp)\n"},
	{"proc.go", "	if !inheritTime {\n		mp.p.ptr().schedtick++\n", "	if !inheritTime && (gp.bubble != nil || debug.asyncpreemptoff == 0) {\n		mp.p.ptr().schedtick++\n"},
	// Whether somebody has waited for a mutex for too long is a question of the bubble's time.
	{"sema.go", "func internal_sync_nanotime() int64 {\n", "func internal_sync_nanotime() int64 { if b := getg().bubble; b != nil { return b.now }\n"},
}

// overlay writes an overlay with the changed runtime.
func overlay(folder string) (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("ask go where its source is: %w", err)
	}
	source := filepath.Join(strings.TrimSpace(string(root)), "src/runtime")
	texts := map[string]string{}
	for _, c := range changes {
		if texts[c.file] == "" {
			text, err := os.ReadFile(filepath.Join(source, c.file))
			if err != nil {
				return "", err
			}
			texts[c.file] = string(text)
		}
		if n := strings.Count(texts[c.file], c.from); n != 1 {
			return "", fmt.Errorf("the runtime of this Go has a text %d times in %s, and not once; see what became of it:\n%s", n, c.file, c.from)
		}
		texts[c.file] = strings.Replace(texts[c.file], c.from, c.to, 1)
	}
	replace := map[string]string{}
	for file, text := range texts {
		replace[filepath.Join(source, file)] = filepath.Join(folder, file)
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	out, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, out, 0o600)
}

// build runs go test -c, which runs each tool through this program.
func build(args []string) error {
	folder, err := os.MkdirTemp("", "steady-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	path, err := overlay(folder)
	if err != nil {
		return err
	}
	steady, err := exec.Command("go", "list", "-export", "-overlay", path, "-f", "{{.Export}}", "runtime").Output()
	if err != nil {
		return fmt.Errorf("compile the runtime: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	through := fmt.Sprintf("'%s' %s '%s'", self, asTool, strings.TrimSpace(string(steady)))
	return run("go", append([]string{"test", "-c", "-toolexec", through}, args...))
}

// asTool is the first argument when go runs a tool through this program. The changed runtime
// and the tool follow.
const asTool = "as-tool"

// tool runs a tool of Go's. It gives the linker the changed runtime, and tells go that this is
// another linker, so that go takes no program for up to date that the other has linked.
func tool(steady, name string, args []string) error {
	if filepath.Base(name) != "link" {
		return run(name, args)
	}
	if len(args) == 1 && args[0] == "-V=full" {
		out, err := exec.Command(name, args...).Output()
		fmt.Println(strings.TrimSpace(string(out)), "with", steady)
		return err
	}
	for i, a := range args {
		if a != "-importcfg" {
			continue
		}
		text, err := os.ReadFile(args[i+1])
		if err != nil {
			return err
		}
		const of = "\npackagefile runtime="
		before, rest, found := strings.Cut(string(text), of)
		_, after, ends := strings.Cut(rest, "\n")
		if !found || !ends {
			return fmt.Errorf("%s names no runtime", args[i+1])
		}
		if err := os.WriteFile(args[i+1], []byte(before+of+steady+"\n"+after), 0o600); err != nil {
			return err
		}
	}
	return run(name, args)
}

func run(name string, args []string) error {
	c := exec.Command(name, args...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	return c.Run()
}

func main() {
	var err error
	if args := os.Args[1:]; len(args) > 2 && args[0] == asTool {
		err = tool(args[1], args[2], args[3:])
	} else {
		err = build(args)
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "steady:", err)
		os.Exit(1)
	}
}
