package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// ParseError gives the reasons why PowerShell does not accept a text, in PowerShell's
// own words. It holds at least one Issue. The first one is the cause.
type ParseError struct{ Issues []Issue }

// Issue is one complaint of the parser. ID is the engine's error id, e.g.
// MissingEndCurlyBrace. It is also the FullyQualifiedErrorId of the error record.
type Issue struct {
	Extent
	ID      string
	Message string
}

// IDs lists the error ids in order.
func (e *ParseError) IDs() []string {
	ids := make([]string, len(e.Issues))
	for i, issue := range e.Issues {
		ids[i] = issue.ID
	}
	return ids
}

// Error lists the issues, each with its line and column.
func (e *ParseError) Error() string {
	lines := make([]string, len(e.Issues))
	for i, issue := range e.Issues {
		lines[i] = fmt.Sprintf("At %s: %s (%s)", issue.From(), issue.Message, issue.ID)
	}
	return strings.Join(lines, "; ")
}

// reported is the largest number of issues that the engine's message lists.
const reported = 10

// Message is the message of the engine's error record. A single issue gives its message
// alone. Several issues are listed with their places in the source.
func (e *ParseError) Message() string {
	if len(e.Issues) == 1 {
		return e.Issues[0].Message
	}
	parts := make([]string, 0, reported+1)
	for _, issue := range e.Issues[:min(len(e.Issues), reported)] {
		parts = append(parts, issue.shown())
	}
	if len(e.Issues) >= reported {
		parts = append(parts, "Not all parse errors were reported.  Correct the reported errors and try again.")
	}
	return strings.Join(parts, "\n\n")
}

// shown is the issue's message below the line of source that it is about.
func (i Issue) shown() string {
	from := i.From()
	line := i.Source.Line(from.Line)
	blank := from.Column - 1
	width := utf8.RuneCountInString(i.Text())
	width = max(1, min(width, utf8.RuneCountInString(line)-blank))
	return fmt.Sprintf("At %s\n+ %s\n+ %s%s\n%s", from, line, strings.Repeat(" ", blank), strings.Repeat("~", width), i.Message)
}

// UnsupportedError reports a construct that PowerShell knows and this package does not.
type UnsupportedError struct {
	Construct string
	Line      int
}

// Error is the sentence with which the simulator refuses every unsupported construct.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("not supported by the simulator: %s, line %d", e.Construct, e.Line)
}
