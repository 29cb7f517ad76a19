package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// screen prints the story, one line or paragraph for each step. On a terminal it shows
// a spinner while a step runs.
type screen struct {
	out io.Writer
	// terminal gives the number of columns of the terminal. It is asked again for
	// every line, because a person may change the window. Without a terminal it is nil,
	// and nothing but text and line ends is written.
	terminal func() int
	checks   []check
	passed   int
}

// check is one question asked from outside.
type check struct {
	when, what, asked, answer string
	ok                        bool
}

func newScreen(out *os.File) *screen {
	s := &screen{out: out}
	if term.IsTerminal(int(out.Fd())) {
		s.terminal = func() int {
			if width, _, err := term.GetSize(int(out.Fd())); err == nil && width > 0 {
				return width
			}
			return 80 // a terminal that does not know its own size, such as a serial line
		}
	}
	return s
}

func (s *screen) width() int {
	if s.terminal == nil {
		return 120
	}
	return s.terminal()
}

// print writes lines that are laid out already.
func (s *screen) print(lines ...string) {
	_, _ = io.WriteString(s.out, strings.Join(lines, "\n")+"\n")
}

// say prints a sentence.
func (s *screen) say(format string, args ...any) {
	s.print(paragraph(min(s.width(), widest), 0, fmt.Sprintf(format, args...))...)
}

// fail prints why the demo ended early.
func (s *screen) fail(err error) {
	s.print(quote(min(s.width(), widest), 0, "demo: FAIL: "+err.Error())...)
}

// step prints what is done, does it, and prints how it ended and the note that do
// gives, which may have several lines. progress, which may be nil, says in a few words
// what the step waits for.
func (s *screen) step(what string, do func() (string, error), progress func() string) error {
	began := time.Now()
	done, spun := make(chan struct{}), make(chan struct{})
	go func() { defer close(spun); s.spin(what, began, progress, done) }()
	note, err := do()
	close(done)
	<-spun
	mark := "ok"
	if err != nil {
		mark, note = "FAILED", err.Error()
	}
	s.ended(what, mark, time.Since(began), note)
	return err
}

func (s *screen) ended(what, mark string, took time.Duration, note string) {
	s.print(ended(s.width(), what, mark, took)...)
	if note != "" {
		s.print(quote(min(s.width(), widest), 4, note)...)
	}
}

const (
	everyTurn  = 100 * time.Millisecond
	turnsToAsk = 8 // progress is asked at each eighth turn
)

// spin shows a spinner until the step ends, and then clears its line.
func (s *screen) spin(what string, began time.Time, progress func() string, done <-chan struct{}) {
	if s.terminal == nil {
		<-done
		return
	}
	ticker := time.NewTicker(everyTurn)
	defer ticker.Stop()
	words := ""
	for i := 0; ; i++ {
		select {
		case <-done:
			s.clear()
			return
		case <-ticker.C:
			if progress != nil && i%turnsToAsk == 0 {
				words = progress()
			}
			s.turn(i, what, time.Since(began), words)
		}
	}
}

// turn writes one turn of the spinner over the one before.
func (s *screen) turn(i int, what string, took time.Duration, words string) {
	if s.terminal != nil {
		s.clear()
		_, _ = io.WriteString(s.out, turn(s.terminal(), i, what, took, words))
	}
}

// clear clears the line of the spinner.
func (s *screen) clear() {
	if s.terminal != nil {
		_, _ = io.WriteString(s.out, "\r\033[K")
	}
}

// check records an answer from outside, and fails when the answer is not the wanted
// one.
func (s *screen) check(c check, want string) error {
	c.ok = c.answer == want
	s.checks = append(s.checks, c)
	if !c.ok {
		return fmt.Errorf("%s: %s answered %q, want %q", c.what, c.asked, c.answer, want)
	}
	s.passed++
	return nil
}

// table prints every check.
func (s *screen) table() {
	if len(s.checks) == 0 {
		return
	}
	rows := [][]string{{"WHEN", "CHECKED", "ASKED", "ANSWER"}}
	for _, c := range s.checks {
		answer := c.answer
		if !c.ok {
			answer += " <- not as wanted"
		}
		rows = append(rows, []string{c.when, c.what, c.asked, answer})
	}
	s.print("")
	s.print(columns(s.width(), 0, rows)...)
	s.print("")
}
