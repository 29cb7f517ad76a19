package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// widest is the number of columns that steps and text take on a terminal of any
	// width: longer lines are hard to read.
	widest = 100
	// narrowest is the least number of columns of one cell of a table.
	narrowest = 8
)

// wrap breaks a text at its blanks so that no line is longer than the width. It cuts a
// word that is too long, where it can after a point: names of hosts are such words.
func wrap(width int, text string) []string {
	width = max(width, 1)
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && columnsOf(line)+1+columnsOf(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; columnsOf(line) > width; {
			head := string([]rune(line)[:width])
			if point := strings.LastIndex(head, "."); point > 0 {
				head = head[:point+1]
			}
			lines, line = append(lines, head), strings.TrimPrefix(line, head)
		}
	}
	return append(lines, line)
}

// columnsOf is how many columns a text takes. The demo shows no character that takes
// two.
func columnsOf(text string) int { return utf8.RuneCountInString(text) }

// paragraph wraps a text so that no line is longer than the width. It indents the
// first line, and the following lines by two more.
func paragraph(width, indent int, text string) []string {
	if columnsOf(text)+indent <= width {
		return []string{strings.Repeat(" ", indent) + text}
	}
	wrapped := wrap(width-indent-2, text)
	for i := range wrapped {
		by := indent
		if i > 0 {
			by += 2
		}
		wrapped[i] = strings.Repeat(" ", by) + strings.TrimSpace(wrapped[i])
	}
	return wrapped
}

// quote indents the output of a program, and wraps its lines at their own indentation.
func quote(width, indent int, text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		words := strings.TrimLeft(line, " ")
		if words == "" {
			out = append(out, "")
			continue
		}
		out = append(out, paragraph(width, indent+columnsOf(line)-columnsOf(words), words)...)
	}
	return out
}

// ended is a step as it stands on the screen when it has ended. Mark and time stand
// at the right, on the last line.
func ended(width int, what, mark string, took time.Duration) []string {
	width = min(width, widest)
	right := fmt.Sprintf(" %-6s %5.1fs", mark, took.Seconds())
	lines := paragraph(width-len(right), 2, what)
	last := len(lines) - 1
	lines[last] = padded(lines[last], width-len(right)) + right
	return lines
}

// turn is the line of a step that is under way: one turn of the spinner. It leaves the
// last column free, where some terminals wrap.
func turn(width, i int, what string, took time.Duration, words string) string {
	frames := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	line := []rune(fmt.Sprintf("%c %s %4.1fs %s", frames[i%len(frames)], what, took.Seconds(), words))
	if room := max(min(width, widest)-1, 1); len(line) > room {
		line = append(line[:room-1], '…')
	}
	return string(line)
}

// columns lays out the rows of a table. When they do not fit, the widest columns get
// narrower and their cells are wrapped.
func columns(width, indent int, rows [][]string) []string {
	const gap = 2
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], columnsOf(cell))
		}
	}
	total := indent - gap
	for _, w := range widths {
		total += gap + w
	}
	for ; total > width && slices.Max(widths) > narrowest; total-- {
		widths[slices.Index(widths, slices.Max(widths))]--
	}
	var out []string
	for _, row := range rows {
		cells, height := make([][]string, len(row)), 0
		for i, cell := range row {
			cells[i] = wrap(widths[i], cell)
			height = max(height, len(cells[i]))
		}
		for n := range height {
			line := strings.Repeat(" ", indent)
			for i := range cells {
				part := ""
				if n < len(cells[i]) {
					part = cells[i][n]
				}
				line += padded(part, widths[i]+gap)
			}
			out = append(out, strings.TrimRight(line, " "))
		}
	}
	return out
}

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(width-columnsOf(s), 0))
}
