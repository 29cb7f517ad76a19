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

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/pwsh/module"
)

// Config says what to start and what its processes find.
type Config struct {
	// Program is looked up on PATH, as a shell would.
	Program string
	// Address is the loopback address that processes call.
	Address netip.Addr
	// Product is the organization's Lync or SkypeForBusiness module, Further are
	// other modules of its machines. Only what they declare is used here.
	Product *powershell.Module
	Further []*powershell.Module
}

// Host starts the program and answers the calls of its processes. Close it.
type Host struct {
	program  string
	product  string // name of the product's module
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
	Modules []*powershell.Module
	// Setup is the product's setup program, at the Windows path SetupPath.
	Setup     func(ctx context.Context, args []string, out io.Writer) int
	SetupPath string
}

// Open finds the program, writes the modules and listens for calls. The error
// names what is missing.
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
		return nil, fmt.Errorf("make a folder for the PowerShell modules: %w", err)
	}
	h := &Host{program: program, product: c.Product.Name, folder: folder, places: map[string]place{}}
	if err := h.open(c); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (h *Host) open(c Config) error {
	if err := module.WriteProduct(h.modules(), c.Product); err != nil {
		return err
	}
	for _, m := range c.Further {
		if err := module.Write(h.modules(), m); err != nil {
			return err
		}
	}
	var err error
	h.endpoint, err = listen(c.Address)
	return err
}

func (h *Host) modules() string { return filepath.Join(h.folder, "modules") }

// Close refuses further calls, waits for those under way to notice, and removes
// what was written. Processes end with the contexts they were started with.
func (h *Host) Close() {
	if h.endpoint != nil {
		h.endpoint.close()
	}
	_ = os.RemoveAll(h.folder) // a process that still writes there loses it
}
