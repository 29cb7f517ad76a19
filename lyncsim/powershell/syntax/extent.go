package syntax

import (
	"fmt"
	"sort"
	"unicode/utf8"
)

// Source is one text that was parsed. It is immutable.
//
// Inside a double-quoted string, a subexpression is written with every double quote
// doubled. It becomes a Source of its own in which each of these quotes stands once.
// Positions in it are those of the text around it.
type Source struct {
	text    string
	lines   []int // offset of each line's first byte
	outer   *Source
	shift   int   // offset in outer of the first byte
	dropped []int // offsets in outer of the bytes that text leaves out, ascending
}

func newSource(text string) *Source {
	lines := []int{0}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			lines = append(lines, i+1)
		}
	}
	return &Source{text: text, lines: lines}
}

// Position is a place in a source. Line counts from 1. Column counts characters from 1.
// Offset counts bytes from 0, without a byte order mark.
type Position struct{ Offset, Line, Column int }

// String is the position as PowerShell writes it.
func (p Position) String() string { return fmt.Sprintf("line:%d char:%d", p.Line, p.Column) }

func (s *Source) position(offset int) Position {
	if s.outer != nil {
		return s.outer.position(s.outerOffset(offset))
	}
	line := sort.SearchInts(s.lines, offset+1)
	column := utf8.RuneCountInString(s.text[s.lines[line-1]:offset]) + 1
	return Position{Offset: offset, Line: line, Column: column}
}

func (s *Source) outerOffset(offset int) int {
	offset += s.shift
	for _, dropped := range s.dropped {
		if dropped > offset {
			break
		}
		offset++
	}
	return offset
}

// Line is the text of one line (counted from 1) without its line end.
func (s *Source) Line(number int) string {
	if s.outer != nil {
		return s.outer.Line(number)
	}
	if number < 1 || number > len(s.lines) {
		return ""
	}
	start := s.lines[number-1]
	end := start
	for end < len(s.text) && s.text[end] != '\n' && s.text[end] != '\r' {
		end++
	}
	return s.text[start:end]
}

// Extent is the part of the source that a node was made of. Start and End are byte
// offsets. Lines and columns are computed when they are asked for.
type Extent struct {
	Source     *Source
	Start, End int
}

// Span makes every node that embeds an Extent a Node.
func (e Extent) Span() Extent { return e }

// Text is the original text, unchanged.
func (e Extent) Text() string {
	if e.Source == nil {
		return ""
	}
	return e.Source.text[e.Start:e.End]
}

// From is where the extent begins.
func (e Extent) From() Position {
	if e.Source == nil {
		return Position{}
	}
	return e.Source.position(e.Start)
}

// To is the place just behind the extent.
func (e Extent) To() Position {
	if e.Source == nil {
		return Position{}
	}
	return e.Source.position(e.End)
}

// same reports whether both extents are the same part of the source.
func (e Extent) same(other Extent) bool {
	return e.Source == other.Source && e.Start == other.Start && e.End == other.End
}

// Line is the number of the line in which the extent begins, from 1.
func (e Extent) Line() int { return e.From().Line }
