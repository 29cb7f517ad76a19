package stage

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// cage is a cgroup that bounds the memory of one manager as its container does.
type cage struct {
	dir         string
	peak, fails string // files
}

// kindsOfCage are the two versions of the memory controller: where its groups are, and the
// files with the limit, the most that was used, and how often the limit was met.
var kindsOfCage = []struct{ root, needs, limit, peak, fails string }{
	{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt"},
	{"/sys/fs/cgroup", "cgroup.controllers", "memory.max", "memory.peak", "memory.events"},
}

// newCage makes a cgroup with a limit in bytes; nil where the machine lets nobody make one.
func newCage(name string, bytes int64) *cage {
	for _, kind := range kindsOfCage {
		if _, err := os.Stat(filepath.Join(kind.root, kind.needs)); err != nil {
			continue
		}
		dir := filepath.Join(kind.root, "fedroute-bench-"+name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, kind.limit), []byte(strconv.FormatInt(bytes, 10)), 0o600); err != nil {
			_ = os.Remove(dir)
			continue
		}
		return &cage{dir, filepath.Join(dir, kind.peak), filepath.Join(dir, kind.fails)}
	}
	return nil
}

// around gives the command that runs a program in the cage from its first page on.
func (c *cage) around(program string, args []string) (string, []string) {
	if c == nil {
		return program, args
	}
	return "/bin/sh", append([]string{"-c", `echo $$ > "$0" && exec "$@"`, filepath.Join(c.dir, "cgroup.procs"), program}, args...)
}

// used gives the most memory that the cage held, in MiB, and how often its limit was met.
func (c *cage) used() (peak float64, met int, err error) {
	text, err := os.ReadFile(c.peak)
	if err != nil {
		return 0, 0, err
	}
	bytes, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	if err != nil {
		return 0, 0, err
	}
	text, err = os.ReadFile(c.fails)
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines("max " + string(text)) { // one number, or lines of which one begins with max
		if number, is := strings.CutPrefix(strings.TrimSpace(line), "max "); is {
			if n, err := strconv.Atoi(number); err == nil {
				met = n
			}
		}
	}
	return bytes / (1 << 20), met, nil
}

// remove ends a cage whose manager has ended.
func (c *cage) remove() {
	if c != nil {
		_ = os.Remove(c.dir)
	}
}
