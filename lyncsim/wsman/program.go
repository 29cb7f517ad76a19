package wsman

import (
	"context"
	"io"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

// Program runs one command line on the machine and returns its exit code.
//
// The context ends when the process is killed: by a signal, by the end of its shell,
// or because the machine goes down. A Program must then return soon, and its output
// is no longer read.
type Program interface {
	Run(ctx context.Context, p Process) int
}

// Finder is an optional interface of a Program. A command line that is started
// without cmd.exe and that Find does not know is refused before a process exists, as
// CreateProcess does (fault 2147942402).
type Finder interface {
	Find(commandLine string) bool
}

// Process describes one start of a program in a shell.
type Process struct {
	CommandLine      string
	SkipShell        bool // started by CreateProcess, not through cmd.exe /c
	Stdin            io.Reader
	Stdout, Stderr   io.Writer
	Who              identity.Identity
	Environment      map[string]string
	WorkingDirectory string
	NoProfile        bool // the user's profile is not loaded
	CodePage         int  // of stdin, stdout and stderr: 437, 65001, ...
}
