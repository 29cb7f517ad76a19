package winrm

import "fmt"

// RemoteError is the error record that PowerShell reported for a script. It is
// reached with errors.AsType inside a fault.Error of kind Failed.
type RemoteError struct {
	// ID is the FullyQualifiedErrorId, the stable part to branch on.
	ID string `json:"id"`
	// Category is the ErrorCategory's name, e.g. "ObjectNotFound".
	Category string `json:"category"`
	// Message is in the host's language.
	Message string `json:"message"`
	// Target is the text of the record's TargetObject, often empty.
	Target string `json:"target"`
	// Script is the Request's Name.
	Script string `json:"-"`
	// Line of the script, from 1; 0 when PowerShell did not say.
	Line int `json:"line"`
}

func (e *RemoteError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Script, e.Message)
	}
	return fmt.Sprintf("%s line %d: %s", e.Script, e.Line, e.Message)
}
