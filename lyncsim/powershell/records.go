package powershell

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// recordOf makes an error record of a Go error.
func recordOf(err error) *value.ErrorRecord {
	var record *value.ErrorRecord
	if errors.As(err, &record) {
		return record
	}
	var cast *dotnet.CastError
	if errors.As(err, &cast) {
		exception := value.NewException(runtimeException, cast.Message)
		exception.Inner = value.NewException(castException, cast.Message)
		if strings.HasPrefix(cast.ID, "InvalidCastFromString") {
			exception.Inner.Inner = value.NewException("System.FormatException", cast.Message)
		}
		return value.NewErrorRecord(exception, cast.ID, "InvalidArgument", nil)
	}
	var missing *dotnet.MissingMember
	if errors.As(err, &missing) {
		return missingRecord(missing)
	}
	var parse *syntax.ParseError
	if errors.As(err, &parse) {
		return parseRecord(parse)
	}
	var exception *value.Exception
	if errors.As(err, &exception) {
		if exception.Record != nil {
			return exception.Record
		}
		return value.NewErrorRecord(exception, exception.Type, "NotSpecified", nil)
	}
	return value.NewErrorRecord(value.NewException(runtimeException, err.Error()), "RuntimeException", "NotSpecified", nil)
}

func missingRecord(m *dotnet.MissingMember) *value.ErrorRecord {
	id, category := "PropertyNotFound", "InvalidOperation"
	switch {
	case m.Method && m.Known:
		id, category = "MethodCountCouldNotFindBest", "NotSpecified"
	case m.Method:
		id = "MethodNotFound"
	case m.Known:
		id = "PropertyAssignmentException"
	}
	class := runtimeException
	if m.Method && m.Known {
		class = "System.Management.Automation.MethodException"
	}
	return value.NewErrorRecord(value.NewException(class, m.Error()), id, category, nil)
}

// parseRecord makes the record of text that does not parse.
func parseRecord(e *syntax.ParseError) *value.ErrorRecord {
	first := e.Issues[0]
	message := ""
	for i, issue := range e.Issues {
		if i > 0 {
			message += "\n\n"
		}
		message += parseMessage(issue, len(e.Issues) == 1)
	}
	record := value.NewErrorRecord(value.NewException(parseException, message), first.ID, "ParserError", nil)
	record.Invocation = positionOf(first.Extent)
	return record
}

func parseMessage(issue syntax.Issue, alone bool) string {
	if alone {
		return issue.Message
	}
	from := issue.From()
	line := ""
	if issue.Source != nil {
		line = issue.Source.Line(from.Line)
	}
	return fmt.Sprintf("At line:%d char:%d\n+ %s\n+ %*s\n%s", from.Line, from.Column, line, from.Column, "~", issue.Message)
}
