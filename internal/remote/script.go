package remote

import "fmt"

// Request asks a session to run one script of the catalogue.
type Request struct {
	// Name of the script, for errors and logs.
	Name string
	// Script is the text. A session sends it at most once.
	Script string
	// Arguments marshals to a JSON object whose keys are names of the script's
	// parameters; nil means none.
	Arguments any
}

// ScriptError is the error record that PowerShell reported for a script.
// errors.AsType finds it inside a fault.Error of kind Failed.
type ScriptError struct {
	// ID is the FullyQualifiedErrorId. It is stable, so callers branch on it.
	ID string `json:"id"`
	// Category is the ErrorCategory's name, e.g. "ObjectNotFound".
	Category string `json:"category"`
	// Message is in the host's language.
	Message string `json:"message"`
	// Target is the text of the record's TargetObject, often empty.
	Target string `json:"target"`
	// Script is the Request's Name.
	Script string `json:"-"`
	// Causes are the exceptions behind the error, the outermost first. Their numbers are
	// the same in every language.
	Causes []Cause `json:"causes,omitempty"`
	// Line is the line of the script, counted from 1; 0 when PowerShell did not
	// report it.
	Line int `json:"line"`
}

// Cause is one exception of an error.
type Cause struct {
	// Type is the exception's class, e.g. "System.Data.SqlClient.SqlException".
	Type string `json:"type"`
	// HResult is 0 where .NET keeps it to itself (before 4.5).
	HResult int32 `json:"hresult"`
	// Number is the error number of the server or system behind the class: SQL Server's,
	// Windows' or a domain controller's; 0 when the class has none.
	Number int32 `json:"number"`
}

func (e *ScriptError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Script, e.Message)
	}
	return fmt.Sprintf("%s line %d: %s", e.Script, e.Line, e.Message)
}
