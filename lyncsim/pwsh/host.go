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

// Config says which program to start and at which address its processes make calls.
type Config struct {
	// Program is looked up on PATH, as a shell does.
	Program string
	// Address is the loopback address for the calls of processes.
	Address netip.Addr
}

// Host starts the program and answers the calls of its processes. The caller closes
// it.
type Host struct {
	program  string
	folder   string // files that this host wrote; Close removes it
	endpoint *endpoint

	mu     sync.Mutex
	places map[string]place // by machine
}

// Seat is a machine and the account that signed in there; a process runs for both.
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
		_ = os.Remove(folder) // it is empty and no longer needed
		return nil, err
	}
	return &Host{program: program, folder: folder, endpoint: at, places: map[string]place{}}, nil
}

// Close refuses further calls, waits until those under way have ended, and removes
// the files that the host wrote. Processes end with the contexts with which they
// were started.
func (h *Host) Close() {
	h.endpoint.close()
	_ = os.RemoveAll(h.folder) // a process that still writes there loses its files
}
