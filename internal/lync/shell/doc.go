// Package shell reads and changes an organization through PowerShell: it
// implements lync.Observer and lync.Operator with a closed catalogue of scripts
// (scripts/*.ps1), one readable file per operation.
//
// A Fleet owns the remote sessions: one for reading and, only where an Operator
// was asked for, one for writing per host. NewObserver gives something that
// holds no writing script and no way to a writing session; Observe mode has
// nothing else.
//
// Arguments travel as JSON and are bound to typed parameters; they never become
// PowerShell text. What a script throws is turned into a fault.Kind in one
// table (faults.go). A write goes on when its caller gives up. The next call for the
// same write waits for that one and does not begin another.
package shell
