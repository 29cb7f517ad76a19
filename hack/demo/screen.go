package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

// screen prints the story, one line for each step. On a terminal it shows a spinner
// while a step runs.
type screen struct {
	out    io.Writer
	live   bool
	checks []check
	passed int
}

// check is one question asked from outside.
type check struct {
	what, asked, answer string
	ok                  bool
}

func newScreen(out *os.File) *screen {
	info, err := out.Stat()
	return &screen{out: out, live: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

func (s *screen) line(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format+"\n", args...) }

// step prints what is done, does it, and prints how it ended. progress, which may be
// nil, says in a few words what the step waits for.
func (s *screen) step(what string, do func() (string, error), progress func() string) error {
	began := time.Now()
	ended := make(chan struct{})
	spun := make(chan struct{})
	go func() { defer close(spun); s.spin(what, began, progress, ended) }()
	note, err := do()
	close(ended)
	<-spun
	mark := "ok"
	if err != nil {
		mark, note = "FAILED", err.Error()
	}
	if note != "" {
		note = "  " + note
	}
	s.line("  %-72s %-6s %5.1fs%s", what, mark, time.Since(began).Seconds(), note)
	return err
}

// frame overwrites the current line. It turns the terminal's line wrap off while it
// writes: of a wrapped line, every turn of the spinner would leave the first half on
// the screen.
const frame = "\r\033[K\033[?7l%c %s %4.1fs %s\033[?7h"

// spin shows a spinner until the step ends, and then clears its line.
func (s *screen) spin(what string, began time.Time, progress func() string, ended <-chan struct{}) {
	if !s.live {
		<-ended
		return
	}
	frames := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	words := ""
	for i := 0; ; i++ {
		select {
		case <-ended:
			_, _ = fmt.Fprint(s.out, "\r\033[K")
			return
		case <-ticker.C:
			if progress != nil && i%8 == 0 {
				words = progress()
			}
			_, _ = fmt.Fprintf(s.out, frame, frames[i%len(frames)], what, time.Since(began).Seconds(), clip(words, 70))
		}
	}
}

// check records an answer from outside, and fails when the answer is not the wanted
// one.
func (s *screen) check(what, asked, answer, want string) error {
	ok := answer == want
	s.checks = append(s.checks, check{what, asked, answer, ok})
	if !ok {
		return fmt.Errorf("%s: %s answered %q, want %q", what, asked, answer, want)
	}
	s.passed++
	return nil
}

// table prints every check.
func (s *screen) table() {
	if len(s.checks) == 0 {
		return
	}
	s.line("")
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "CHECKED\tASKED\tANSWER\t")
	for _, c := range s.checks {
		mark := ""
		if !c.ok {
			mark = "<- not as wanted"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.what, c.asked, c.answer, mark)
	}
	_ = w.Flush()
	s.line("")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
