package sim

import (
	"maps"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// Counters count the organization's requests and commands since its start.
type Counters struct {
	// WinRM sums up the WinRM services of all machines.
	WinRM wsman.Counters `json:"winrm"`
	// OpenShells and LiveProcesses are the numbers at this moment.
	OpenShells    int `json:"openShells"`
	LiveProcesses int `json:"liveProcesses"`
	// PowerShellStarts counts powershell.exe processes.
	PowerShellStarts int64 `json:"powershellStarts"`
	// Cmdlets counts the Lync cmdlets that ran, by name.
	Cmdlets map[string]int64 `json:"cmdlets"`
	// DNSRequests counts the messages that reached the DNS servers.
	DNSRequests int64 `json:"dnsRequests"`
}

// Counters reads the counters.
func (o *Organization) Counters() Counters {
	c := Counters{Cmdlets: o.cmdlets.read()}
	for _, m := range o.machines {
		m.each(func(s *wsman.Server) {
			c.WinRM = c.WinRM.Plus(s.Counters())
			shells, processes := s.Live()
			c.OpenShells, c.LiveProcesses = c.OpenShells+shells, c.LiveProcesses+processes
		})
		c.PowerShellStarts += m.console.PowerShellStarts()
	}
	for _, s := range o.dns.servers {
		c.DNSRequests += int64(s.Asked())
	}
	return c
}

// tally counts events by name.
type tally struct {
	mu    sync.Mutex
	count map[string]int64
}

func (t *tally) add(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.count == nil {
		t.count = map[string]int64{}
	}
	t.count[name]++
}

func (t *tally) read() map[string]int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := maps.Clone(t.count)
	if out == nil {
		out = map[string]int64{}
	}
	return out
}
