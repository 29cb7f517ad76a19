package pwsh

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// Config says what to start and what its processes find.
type Config struct {
	// Program is looked up on PATH, as a shell would.
	Program string
	// Address is the loopback address that processes call.
	Address netip.Addr
}

// Host starts the program and answers the calls of its processes. Close it.
type Host struct {
	program  string
	folder   string // what this host wrote; goes with it
	endpoint *endpoint

	mu     sync.Mutex
	places map[string]place // by machine
}

// Seat is where a process runs: a machine, and who signed in there.
type Seat struct {
	Name    string // the machine's name in the topology
	Machine dotnet.Machine
	Clock   dotnet.Clock
	// Product is the Lync or SkypeForBusiness module, Further are other modules
	// of the machine.
	Product *powershell.Module
	Further []*powershell.Module
	// Setup is the product's setup program, at the Windows path SetupPath.
	Setup     func(ctx context.Context, args []string, out io.Writer) int
	SetupPath string
}

// Open finds the program and listens for calls. The error names what is missing.
func Open(c Config) (*Host, error) {
	program, err := exec.LookPath(c.Program)
	if err != nil {
		return nil, fmt.Errorf("find the PowerShell %s: %w; install it or write its path", c.Program, err)
	}
	if program, err = filepath.Abs(program); err != nil {
		return nil, fmt.Errorf("find the PowerShell %s: %w", c.Program, err)
	}
	folder, err := os.MkdirTemp("", "lyncsim-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the machines of the PowerShell: %w", err)
	}
	at, err := listen(c.Address)
	if err != nil {
		_ = os.Remove(folder) // empty, and of no use
		return nil, err
	}
	return &Host{program: program, folder: folder, endpoint: at, places: map[string]place{}}, nil
}

// Close refuses further calls, waits for those under way to notice, and removes
// what was written. Processes end with the contexts they were started with.
func (h *Host) Close() {
	h.endpoint.close()
	_ = os.RemoveAll(h.folder) // a process that still writes there loses it
}
