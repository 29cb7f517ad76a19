package powershell

import (
	"context"
	"io"
	"net"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// Edition is the edition of PowerShell that a runspace simulates.
type Edition int

// Windows51 is Windows PowerShell 5.1, the default; Core7 is PowerShell 7.
const (
	Windows51 Edition = iota
	Core7
)

// Notation is how objects and records that leave the script are written.
type Notation int

const (
	// Console writes views of objects and error text, as a console host does.
	Console Notation = iota
	// CLIXML writes objects as Console does. Errors, warnings, verbose and progress
	// records go to stderr as CLIXML. powershell.exe -EncodedCommand does the same
	// when its streams are redirected.
	CLIXML
	// Recorded writes each object as its text on a line, and each error as id, category
	// and message with tabs between them. The recordings in test/powershell have this
	// notation.
	Recorded
)

// Options describe the process that a Runspace simulates. Every field may be zero.
type Options struct {
	Edition Edition
	Version Version // of Windows PowerShell; empty: 5.1
	// LanguageMode is FullLanguage (empty) or ConstrainedLanguage, as a policy sets it.
	LanguageMode string
	Notation     Notation
	Stdin        io.Reader
	Stdout       io.Writer
	Stderr       io.Writer
	Clock        dotnet.Clock   // nil: the machine's real time
	Machine      dotnet.Machine // nil: a machine of its own, named SERVER
	Account      string         // whom the process runs as
	// Process ends when the process is killed, and no code runs from then on. A script whose
	// context ends before that is stopped, and runs its finally blocks. Nil: nobody kills it.
	Process  context.Context
	Files    dotnet.Files // nil: an empty disk
	Programs Programs     // nil: no external programs
	Env      map[string]string
	// Dial opens TCP connections for scripts; nil: they are refused.
	Dial    func(ctx context.Context, address string) (net.Conn, error)
	Modules []*Module // modules that Import-Module and auto-loading find
	Loaded  []*Module // modules that are imported from the start (Core, Utility, …)
	Limits  Limits
}

// Limits bound the resources that a script may use up. Zero fields take the defaults.
type Limits struct {
	Depth  int // nested calls, default 1000
	Output int // bytes of output in all, default 256 MiB
}

// Programs runs external programs: executables, by their path or name.
type Programs interface {
	// Find reports whether a program exists under that path or name.
	Find(path string) bool
	// Run runs a program to its end, with the input as its whole standard input, and
	// returns the program's output and exit code.
	Run(ctx context.Context, path string, args []string, input string) (output string, exitCode int, err error)
}

func (o Options) withDefaults() Options {
	if o.Process == nil {
		o.Process = context.Background()
	}
	if o.Stdin == nil {
		o.Stdin = strings.NewReader("")
	}
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Machine == nil {
		o.Machine = dotnet.NewLoneMachine("SERVER", "server.localdomain")
	}
	if o.Clock == nil {
		o.Clock = dotnet.RealClock{}
	}
	if o.Files == nil {
		o.Files = dotnet.NewMemoryDisk()
	}
	if o.Env == nil {
		o.Env = map[string]string{}
	}
	if o.Limits.Depth == 0 {
		o.Limits.Depth = 1000
	}
	if o.Limits.Output == 0 {
		o.Limits.Output = 256 << 20
	}
	return o
}
