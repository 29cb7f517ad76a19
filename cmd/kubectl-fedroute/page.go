package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/fedroute/fedroute/internal/fault"
)

// page writes text for a person and keeps it within a width. It wraps what is longer and
// leaves nothing out.
type page struct {
	out   io.Writer
	width int // in characters
}

const (
	usualWidth    = 100 // where the output is no terminal
	narrowest     = 40
	hangingIndent = 4
)

// pageOf is the page of a command's output: as wide as the terminal, where there is one.
func pageOf(c *cobra.Command) page {
	p := page{out: c.OutOrStdout(), width: usualWidth}
	if f, ok := p.out.(interface{ Fd() uintptr }); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			p.width = max(width, narrowest)
		}
	}
	return p
}

// line writes a text from the left edge on. Lines after the first are indented.
func (p page) line(format string, args ...any) {
	p.wrap(fmt.Sprintf(format, args...), 0)
}

// entry writes a line and below it, indented, every text that is not empty.
func (p page) entry(head string, texts ...string) {
	p.wrap(head, 0)
	for _, text := range texts {
		if text != "" {
			p.wrap(text, hangingIndent)
		}
	}
}

// wrap breaks a text between words. Only a word that is longer than a line is broken
// itself. What status says may come from a server, so every character is made visible.
func (p page) wrap(text string, indent int) {
	text = fault.Visible(text)
	line := strings.Repeat(" ", indent)
	length, words := indent, 0
	end := func() {
		_, _ = fmt.Fprintln(p.out, strings.TrimRight(line, " "))
		line, length, words = strings.Repeat(" ", hangingIndent), hangingIndent, 0
	}
	for _, word := range strings.Split(text, " ") {
		if words > 0 && length+1+utf8.RuneCountInString(word) > p.width {
			end()
		}
		if words > 0 {
			line, length = line+" ", length+1
		}
		for rest := []rune(word); ; {
			room := p.width - length
			if len(rest) <= room {
				line, length = line+string(rest), length+len(rest)
				break
			}
			line += string(rest[:room])
			rest = rest[room:]
			end()
		}
		words++
	}
	end()
}
