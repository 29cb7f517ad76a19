package syntax

import (
	"fmt"
	"strings"
)

// ParseError tells why PowerShell does not accept a text, in the engine's words.
// It holds at least one Issue, the first being the cause.
type ParseError struct{ Issues []Issue }

// Issue is one complaint of the parser. ID is the engine's error id and the
// FullyQualifiedErrorId of the error record (MissingEndCurlyBrace, …).
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

// Error tells each issue with its line and column.
func (e *ParseError) Error() string {
	lines := make([]string, len(e.Issues))
	for i, issue := range e.Issues {
		lines[i] = fmt.Sprintf("At %s: %s (%s)", issue.From(), issue.Message, issue.ID)
	}
	return strings.Join(lines, "; ")
}

// UnsupportedError refuses a construct that PowerShell has and this package has
// not.
type UnsupportedError struct {
	Construct string
	Line      int
}

// Error is the simulator's uniform refusal.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("not supported by the simulator: %s, line %d", e.Construct, e.Line)
}
