package dotnet

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Env is the process and the machine that .NET types act on. It belongs to one runspace.
// The parts of the machine are shared between runspaces and safe for concurrent use.
type Env struct {
	Context context.Context // of the running script
	Core    bool            // PowerShell 7 on .NET, otherwise Windows PowerShell 5.1 on .NET Framework
	Clock   Clock
	In      *bufio.Reader // [Console]::In
	Out     io.Writer     // [Console]::Out
	Err     io.Writer     // [Console]::Error
	Files   Files
	Machine Machine
	Vars    map[string]string // the variables in $env:, keys as written
	Owner   Process           // this process as the holder of mutexes
	Engine  Engine
	// Dial opens a TCP connection to an address host:port. It is nil when the process has
	// no network.
	Dial func(ctx context.Context, address string) (net.Conn, error)
}

// Engine is the simulated PowerShell as .NET code calls it back.
type Engine interface {
	// CreateBlock parses text as a script block.
	CreateBlock(text string) (any, error)
	// InvokeBlock runs a script block and gives its output.
	InvokeBlock(block any, args []any) ([]any, error)
}

// Clock is the source of time.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns ctx's error when that ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

// Files is a machine's disk. Its paths are Windows paths, in which upper and lower case
// do not matter. The error of a missing file wraps fs.ErrNotExist.
type Files interface {
	ReadFile(path string) ([]byte, error)
	WriteFile(path string, data []byte) error
	// Exists reports whether path is a file, or a folder that has files.
	Exists(path string) bool
	Remove(path string) error
}

// Machine is the information that .NET gets from the Windows server it runs on.
type Machine interface {
	// Name is the NetBIOS name, in upper case.
	Name() string
	// FQDN is the DNS name of the host.
	FQDN() string
	// Listeners are the TCP addresses on which the machine listens now.
	Listeners() []netip.AddrPort
	// Mutexes are the named mutexes of the machine.
	Mutexes() *Mutexes
}

// text converts an argument to a string as .NET method binding does.
func text(v any) string { return value.Text(v) }
