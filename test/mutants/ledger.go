package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ledger is the file of a seed. It says what became of each mutant, so that a sample is judged
// in parts: what the file holds is not judged again. A line is the verdict, the date and the
// rank; a survivor's identity follows.
type ledger struct {
	path   string
	steady int               // so often the unchanged tests passed
	judged map[uint64]result // by rank
}

// steady begins the line that says how often the unchanged tests passed.
const steady = "steady"

func ledgerOf(path string) (*ledger, error) {
	l := &ledger{path: path, judged: map[uint64]result{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 4)
		if len(f) < 3 {
			return nil, fmt.Errorf("%s: no verdict: %q", path, line)
		}
		if f[0] == steady {
			if l.steady, err = strconv.Atoi(f[2]); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			continue
		}
		rank, err := strconv.ParseUint(f[2], 16, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		r := result{verdict: verdict(f[0])}
		if len(f) == 4 {
			r.identity = f[3]
		}
		l.judged[rank] = r
	}
	return l, nil
}

// passed notes how often the unchanged tests passed.
func (l *ledger) passed(times int) error {
	l.steady = times
	return l.add(fmt.Sprintf("%s\t%s\t%d", steady, today(), times))
}

// note notes what became of a mutant.
func (l *ledger) note(rank uint64, r result) error {
	l.judged[rank] = r
	line := fmt.Sprintf("%s\t%s\t%016x", r.verdict, today(), rank)
	if r.verdict == survived {
		line += "\t" + r.identity
	}
	return l.add(line)
}

func (l *ledger) add(line string) error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Close())
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// tally counts what became of a sample so far.
func (l *ledger) tally(sample []queue, excuses map[string]string) tally {
	var t tally
	for _, q := range sample {
		if r, is := l.judged[q.rank]; is {
			t.add(r, excuses)
		}
	}
	return t
}
