// Package console runs command lines on a simulated Windows machine. It splits the
// line as cmd.exe or CreateProcess would, runs the few commands that are simulated,
// and gives scripts to PowerShell.
//
// Its output is that of Windows, or an error that names what is not simulated. It
// never guesses.
package console

import (
	"context"
	"io"
	"net/netip"
	"strings"
	"sync/atomic"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// PowerShell runs one script in a new engine and returns the exit code of
// powershell.exe.
type PowerShell interface {
	Run(ctx context.Context, in Invocation) int
}

// Invocation is one start of powershell.exe. Its streams carry UTF-8; the console
// converts from and to the shell's code page.
type Invocation struct {
	Script    string
	Arguments []string // of a script file
	Stdin     io.Reader
	Stdout    io.Writer
	Stderr    io.Writer
	Who       identity.Identity

	// ExecutionPolicy is what the process heeds, in lower case: that of its command line,
	// otherwise that of the machine.
	ExecutionPolicy string

	Environment      map[string]string
	WorkingDirectory string
	Interactive      bool // without -NonInteractive
	ErrorsAsXML      bool // stderr is CLIXML: -EncodedCommand without -OutputFormat, or -OutputFormat XML
	OutputAsXML      bool // stdout is CLIXML
}

// Console implements wsman.Program. Its fields are set before its first use.
type Console struct {
	Machine    string // fully qualified host name
	Domain     string // NetBIOS domain; empty for a workgroup machine
	PowerShell PowerShell
	// ReadFile gives the text of a script file for powershell -File; nil means that
	// there are no files.
	ReadFile func(path string) (string, error)
	// ExecutionPolicy is the machine's; empty: RemoteSigned.
	ExecutionPolicy string
	// Setup is the program at SetupPath and gives its exit code; nil: there is none.
	Setup     func(ctx context.Context, who identity.Identity, args []string, out io.Writer) int
	SetupPath string
	// Listeners are the machine's TCP listeners; nil: none.
	Listeners func() []netip.AddrPort

	starts atomic.Int64
}

// PowerShellStarts counts the PowerShell processes started so far.
func (c *Console) PowerShellStarts() int64 { return c.starts.Load() }

// Run implements wsman.Program. It runs one command line, with or without cmd.exe
// /c.
func (c *Console) Run(ctx context.Context, p wsman.Process) int {
	s := c.session(ctx, p)
	if !p.SkipShell {
		return s.cmd(p.CommandLine)
	}
	code, found := s.start(splitArgs(p.CommandLine))
	if !found {
		return s.fail(1, "The system cannot find the file specified.")
	}
	return code
}

// Find implements wsman.Finder. Without cmd.exe nobody looks for a program in the folders
// of PATH: it is found by its full path only.
func (c *Console) Find(commandLine string) bool {
	argv := splitArgs(commandLine)
	return len(argv) > 0 && (c.isSetup(argv[0]) || isProgram(argv[0]))
}

// Knows reports whether a Windows machine would have the program: it is simulated
// here, or its name is known and it is not simulated.
func (c *Console) Knows(path string) bool {
	name := programName(path)
	return c.isSetup(path) || programs[name] != nil || executables[name]
}

func (c *Console) isSetup(path string) bool {
	return c.Setup != nil && strings.EqualFold(path, c.SetupPath)
}

// Start runs a program for a PowerShell that is running. argv is already split, and
// p has streams and environment. found is false when there is no such program.
func (c *Console) Start(ctx context.Context, p wsman.Process, argv []string) (exitCode int, found bool) {
	p.CodePage = codePageUTF8 // the engine's side uses UTF-8
	return c.session(ctx, p).start(argv)
}
