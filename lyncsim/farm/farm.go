package farm

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// Farm is one simulated organization. All methods may be called from any
// goroutine.
type Farm struct {
	clock     Clock
	spec      Spec
	product   Product
	durations Durations
	// thumbprint gives that of an Access Edge's certificate.
	thumbprint func(Certificate) string

	// turn makes observers run one at a time and in order.
	turn      sync.Mutex
	observers []func()

	mu         sync.Mutex
	rand       *rand.Rand
	config     *Configuration
	history    []stamp // versions and their times, oldest first
	machines   map[string]*machine
	order      []string // keys of machines in the order of the Spec
	running    map[string]Actor
	journal    []Entry
	violations []Violation
	faults     []*Fault
	// urls are the simple URLs from before a publish that emptied them; nil while
	// none are lost.
	urls               []SimpleURLSet
	replicationStopped bool
	// What Enable-CsTopology asks for beside a group: the setup permission on every
	// container, and full control over the file share.
	setupPermission bool
	shareControl    []string
	groups          map[string]bool // of the domain
}

// stamp is the time at which a version of the configuration was made.
type stamp struct {
	version int64
	at      time.Time
}

// Actor is the author of a change.
type Actor struct {
	User    string `json:"user"`    // CONTOSO\admin
	Machine string `json:"machine"` // where the command runs
	Command string `json:"command"` // cmdlet, or what a person did
}

// String is "user@machine command".
func (a Actor) String() string { return a.User + "@" + a.Machine + " " + a.Command }

// Options are the settings of a Farm that are not part of its description.
type Options struct {
	// Clock defaults to RealClock.
	Clock Clock
	// Seed makes signatures and random faults repeatable. 0 is a seed like any other.
	Seed uint64
	// Thumbprint gives that of an Access Edge's certificate. Left out, a hash of the
	// certificate's content stands in for it.
	Thumbprint func(Certificate) string
}

// New builds the organization that spec describes in a settled state: every replica
// is up to date, setup is done, and services run. Refusal: Invalid.
func New(spec Spec, opts Options) (*Farm, error) {
	if opts.Clock == nil {
		opts.Clock = RealClock{}
	}
	if opts.Thumbprint == nil {
		opts.Thumbprint = contentOf
	}
	product, err := ProductByID(spec.Product)
	if err != nil {
		return nil, invalid("read the farm's description", spec.Name, err)
	}
	durations, err := spec.Durations.resolve()
	if err != nil {
		return nil, invalid("read the farm's description", spec.Name, err)
	}
	f := &Farm{
		clock: opts.Clock, thumbprint: opts.Thumbprint, spec: spec, product: product, durations: durations,
		setupPermission: spec.SetupPermissionGranted, shareControl: slices.Clone(spec.FileShareFullControl),
		rand: rand.New(rand.NewPCG(opts.Seed, 0x666564726f757465)), machines: map[string]*machine{}, running: map[string]Actor{}, groups: map[string]bool{},
	}
	for _, a := range spec.Accounts {
		f.KnowGroups(a.Groups...)
	}
	if err := f.build(); err != nil {
		return nil, invalid("read the farm's description", spec.Name, err)
	}
	for _, fl := range spec.Faults {
		if err := f.AddFault(fl); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Clock is the farm's clock.
func (f *Farm) Clock() Clock { return f.clock }

// Durations are the times that operations take here. Callers of quick cmdlets sleep
// for Cmdlet themselves; the farm's long operations sleep on their own.
func (f *Farm) Durations() Durations { return f.durations }

// Product is the generation of the server product.
func (f *Farm) Product() Product { return f.product }

// XMPPRouteParameter is the parameter of Set-CsSite for the XMPP route: "" on
// Lync Server 2010.
func (f *Farm) XMPPRouteParameter() string {
	switch {
	case !f.product.XMPPRoute:
		return ""
	case f.spec.XMPPRouteParameter != "":
		return f.spec.XMPPRouteParameter
	}
	return XMPPRouteByReference
}

// Spec is the description the farm was built from.
func (f *Farm) Spec() Spec { return f.spec }

// Observe registers fn, which is called after every event, one call at a time. fn
// may read the farm; it must not change it.
func (f *Farm) Observe(fn func()) {
	f.turn.Lock()
	defer f.turn.Unlock()
	f.observers = append(f.observers, fn)
}

// event runs act under the lock. It then updates replication, checks the invariants,
// and calls the observers before it returns.
func (f *Farm) event(act func() error) error {
	f.mu.Lock()
	err := act()
	f.replicate()
	f.mu.Unlock()

	f.turn.Lock()
	defer f.turn.Unlock()
	for _, fn := range f.observers {
		fn()
	}
	return err
}

// CMS gives the configuration in the Central Management Store. Fault:
// Unreachable when the pool that holds it is down.
func (f *Farm) CMS() (*Configuration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.config, f.cmsUp()
}

// Truth gives the configuration even while the CMS is down. Observers of the
// simulation use it; cmdlets do not.
func (f *Farm) Truth() *Configuration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.config
}

// cmsUp returns an error while the CMS is down. The caller holds f.mu.
func (f *Farm) cmsUp() error {
	if len(f.cmsServers()) > 0 {
		return nil
	}
	return refusal.New(refusal.Unreachable, "reach the Central Management Store", f.config.CMSPool, "no server of the pool that holds it answers").
		Adding("the topology can be neither read nor changed", "fail the Central Management Server over (Invoke-CsManagementServerFailover)")
}

// cmsServers are the servers of the pool that holds the CMS, without those that are down. The
// caller holds f.mu.
func (f *Farm) cmsServers() (up []*machine) {
	for _, k := range f.order {
		if m := f.machines[k]; key(m.pool) == key(f.config.CMSPool) && m.up() {
			up = append(up, m)
		}
	}
	return up
}

func invalid(op, target string, err error) error {
	return refusal.Because(refusal.Invalid, op, target, err)
}

func notFound(op, what, name string) error {
	return refusal.New(refusal.Invalid, op, name, "there is no such "+what)
}
