// Package shell reads and changes an organization through PowerShell: it
// implements lync.Observer and lync.Operator with a closed catalogue of scripts
// (scripts/*.ps1), one readable file per operation.
//
// A Fleet owns the remote sessions. Each host has one session for reading and, only where
// an Operator was asked for, one for writing and one for failbacks, which take up to an
// hour. An Observer holds no writing script and
// cannot reach a writing session. In mode Observe there is nothing but an Observer.
//
// Arguments travel as JSON and are bound to typed parameters; they never become
// PowerShell text. One table (faults.go) gives each error that a script throws its
// fault.Kind. A write goes on when its caller gives up. The next call for the same write
// waits for that one and does not begin another.
package shell
