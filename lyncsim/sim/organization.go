package sim

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/edge"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
)

// Config describes an organization to start.
type Config struct {
	Spec farm.Spec
	// Base is the loopback prefix of the organization's addresses, e.g.
	// 127.20.1.0/24; when it is zero, a free prefix is found.
	Base netip.Prefix
	// Clock defaults to the real one. A *farm.ManualClock can be advanced
	// through the admin endpoint.
	Clock farm.Clock
	// ShellClock is the time by which WinRM ends idle shells and long requests; nil means
	// the real one.
	ShellClock wsman.Clock
	Seed       uint64
	// CA signs the certificates of machines and Edge servers; nil means a new CA.
	CA *pki.CA
	// Listen opens every port; nil means net.Listen. On another network than the machine's
	// own, DNS is served over TCP only.
	Listen func(network, address string) (net.Listener, error)
	// SignIn is how accounts sign in to WinRM.
	SignIn SignIn
	// PowerShell is a program, such as pwsh, that runs the scripts of shells in place
	// of the evaluator; empty means the evaluator.
	PowerShell string
	// Witness sees every call that is made of the organization; nil for nobody.
	Witness Witness
}

// Organization is a running simulated organization. The caller closes it.
type Organization struct {
	spec      farm.Spec
	addresses farm.Addresses
	farm      *farm.Farm
	ca        *pki.CA
	dns       *nameService
	edges     *edge.Listeners
	machines  []*machine
	cmdlets   tally
	signIn    SignIn
	// principals are the principals of the keytab.
	principals []kerberos.Principal
	people     sync.RWMutex // guards the accounts in spec
	certs      certificates
	shellClock wsman.Clock
	witness    Witness
	// listen opens ports on another network; nil for the machine's own.
	listen func(network, address string) (net.Listener, error)
	// powershell runs scripts in a real PowerShell; nil for the evaluator.
	powershell *pwsh.Host

	admin     *http.Server
	door      net.Listener // of admin
	closing   sync.Once
	stopWatch func() bool
}

// Start starts an organization. When it returns, every port that should answer does
// so. The organization closes with ctx or by Close. The error names what is wrong
// with the description, or which address is taken.
func Start(ctx context.Context, c Config) (*Organization, error) {
	listen := c.Listen
	if listen == nil {
		listen = net.Listen
	}
	admin, base, err := claim(c.Base, listen)
	if err != nil {
		return nil, err
	}
	o := &Organization{spec: c.Spec, ca: c.CA, door: admin, signIn: c.SignIn, shellClock: c.ShellClock, listen: c.Listen, witness: c.Witness}
	if err := o.start(c, base); err != nil {
		o.Close()
		return nil, err
	}
	o.serveAdmin()
	o.stopWatch = context.AfterFunc(ctx, o.Close)
	return o, nil
}

func (o *Organization) start(c Config, base netip.Prefix) error {
	var err error
	if o.addresses, err = o.spec.Allocate(base); err != nil {
		return err
	}
	o.fillAccounts()
	if o.ca == nil {
		if o.ca, err = pki.New(o.spec.Name+" simulated CA", time.Now(), caLife); err != nil {
			return err
		}
	}
	o.certs.ca = o.ca
	if o.farm, err = farm.New(o.spec, farm.Options{Clock: c.Clock, Seed: c.Seed, Thumbprint: o.certs.thumbprint}); err != nil {
		return err
	}
	if err := o.readKeytab(); err != nil {
		return err
	}
	if o.dns, err = openNames(o.farm, o.addresses.DNS, o.listen); err != nil {
		return err
	}
	o.dns.authority.Attend(o.attendNames)
	if err := o.openPowerShell(c.PowerShell); err != nil {
		return err
	}
	if err := o.startMachines(c.Seed); err != nil {
		return err
	}
	if err := o.installConfigurations(); err != nil {
		return err
	}
	o.edges, err = edge.Open(o.farm, edge.Config{Certificate: o.certs.edge, Listen: o.listen, Attend: o.attendPort})
	return err
}

// startMachines opens the WinRM service of every machine. From then on the service
// follows the machine's power and network.
func (o *Organization) startMachines(seed uint64) error {
	for i, m := range o.farm.Machines() {
		host, err := o.newMachine(m, seed+uint64(i))
		if err != nil {
			return err
		}
		o.machines = append(o.machines, host)
		for _, s := range host.listeners() {
			if err := s.Start(); err != nil {
				return fmt.Errorf("%w; another simulated organization or program has the address", err)
			}
		}
	}
	o.farm.Observe(func() {
		for _, m := range o.machines {
			m.follow()
		}
	})
	return nil
}

// Close ends everything and waits for the Edge ports and the admin port.
func (o *Organization) Close() {
	o.closing.Do(func() {
		for _, m := range o.machines {
			m.leave()
		}
		if o.powershell != nil {
			o.powershell.Close()
		}
		if o.edges != nil {
			o.edges.Close()
		}
		if o.dns != nil {
			o.dns.close()
		}
		// Holding the admin address reserves the whole base. It is released last, so
		// that no other organization takes the base while some of its ports are still
		// open.
		_ = o.door.Close() // frees the address even before the server has it
		if o.admin != nil {
			_ = o.admin.Close()
		}
		if o.stopWatch != nil {
			o.stopWatch()
		}
	})
}

// Farm is the organization's state and the rules that change it.
func (o *Organization) Farm() *farm.Farm { return o.farm }

// Zones is the organization's public DNS data.
func (o *Organization) Zones() *dns.Authority { return o.dns.authority }

// CA is the authority that signed every certificate of the organization.
func (o *Organization) CA() *pki.CA { return o.ca }

// Addresses are the addresses that the organization uses besides its machines'.
func (o *Organization) Addresses() farm.Addresses { return o.addresses }

// AdminURL is the admin endpoint's base, without final slash.
func (o *Organization) AdminURL() string { return "http://" + o.door.Addr().String() }

// NameServers are the DNS servers themselves, the primary first, so that a test can disturb
// them.
func (o *Organization) NameServers() []*dns.Server { return slices.Clone(o.dns.servers) }

// DNSServers lists the authoritative servers, host:port, the primary first.
func (o *Organization) DNSServers() []string { return o.dns.addresses() }

// Visitors lists which partners connected to which federation port, and how often.
func (o *Organization) Visitors() []edge.Visitor { return o.edges.Visitors() }

// Endpoint is one machine's WinRM service.
type Endpoint struct {
	Machine string    `json:"machine"`
	Role    farm.Role `json:"role"`
	Pool    string    `json:"pool,omitempty"`
	URL     string    `json:"url"`
	// HTTPURL is the listener without TLS, whose messages are sealed; "" when the machine
	// has none.
	HTTPURL string `json:"httpURL,omitempty"`
	// OcsPowershellURL is the product's own endpoint; "" where the machine has none.
	OcsPowershellURL string `json:"ocsPowershellURL,omitempty"`
	// PublicAddress is the address at which partners reach an Edge server.
	PublicAddress netip.Addr `json:"publicAddress,omitzero"`
	// SessionConfigurations are the names of the installed session configurations.
	SessionConfigurations []string `json:"sessionConfigurations,omitempty"`
}

// Endpoints lists the WinRM services of all machines.
func (o *Organization) Endpoints() []Endpoint {
	out := make([]Endpoint, 0, len(o.machines))
	for _, m := range o.machines {
		e := Endpoint{
			Machine: m.info.FQDN, Role: m.info.Role, Pool: m.info.Pool,
			URL: "https://" + m.server.Address() + "/wsman", PublicAddress: m.info.PublicAddress,
			SessionConfigurations: m.registered().Names(),
		}
		if m.plain != nil {
			e.HTTPURL = "http://" + m.plain.Address() + "/wsman"
		}
		if m.ocs != nil {
			e.OcsPowershellURL = "https://" + m.ocs.Address() + ocsPath
		}
		out = append(out, e)
	}
	return out
}

// adminPort is the admin endpoint's port. An organization that listens on it at the
// first address of a base has reserved that base.
const adminPort = 8480

// claim reserves a base by listening on its admin address. When none is asked for,
// it takes a free base of 127.32.0.0/11.
func claim(base netip.Prefix, listen func(network, address string) (net.Listener, error)) (net.Listener, netip.Prefix, error) {
	if base.IsValid() {
		if !base.Addr().IsLoopback() {
			return nil, base, fmt.Errorf("base %s is no loopback prefix; write one such as 127.20.1.0/24", base)
		}
		l, err := listen("tcp", netip.AddrPortFrom(base.Masked().Addr().Next(), adminPort).String())
		if err != nil {
			return nil, base, fmt.Errorf("claim the addresses %s: %w; another simulated organization has them", base, err)
		}
		return l, base, nil
	}
	var last error
	for try := range 512 {
		n := uint16(uint64(time.Now().UnixNano())/7919 + uint64(try)*31)
		free := netip.PrefixFrom(netip.AddrFrom4([4]byte{127, 32 + byte(n>>8)%32, byte(n), 0}), 24)
		l, err := listen("tcp", netip.AddrPortFrom(free.Addr().Next(), adminPort).String())
		if err == nil {
			return l, free, nil
		}
		last = err
	}
	return nil, netip.Prefix{}, fmt.Errorf("no free loopback addresses were found: %w", last)
}
