package sim

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/edge"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/refusal"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// routes are all paths of the admin endpoint; lyncsim/README.md explains them.
var routes = slices.Concat(readRoutes, machineRoutes, topologyRoutes, replicationRoutes, dnsRoutes, troubleRoutes)

var readRoutes = []route{
	{"GET /state", "everything there is: sites, pools, machines, replicas, open ports, DNS", (*Organization).getState},
	{"GET /writes", "every write with time, actor, object, from, to and error", func(o *Organization, _ request) (any, error) {
		return o.farm.Journal(), nil
	}},
	{"GET /counters", "HTTP requests, connections, bytes, PowerShell starts, cmdlets by name, DNS requests", func(o *Organization, _ request) (any, error) {
		return o.Counters(), nil
	}},
	{"GET /violations", "every broken invariant with time and actor", func(o *Organization, _ request) (any, error) {
		return notNil(o.farm.Violations()), nil
	}},
	{"GET /invariants", "each invariant that is watched, and whether it holds", func(o *Organization, _ request) (any, error) {
		return o.Invariants(), nil
	}},
	{"GET /visitors", "which partners connected to which federation port", func(o *Organization, _ request) (any, error) {
		return o.edges.Visitors(), nil
	}},
}

// State is what GET /state shows.
type State struct {
	Name          string              `json:"name"`
	Product       string              `json:"product"`
	Now           time.Time           `json:"now"`
	Version       int64               `json:"version"` // of the configuration in the CMS
	Signature     string              `json:"signature"`
	Enabled       string              `json:"enabledSignature"`
	CMSPool       string              `json:"centralManagement"`
	Federated     bool                `json:"allowFederatedUsers"`
	Sites         []SiteState         `json:"sites"`
	EdgePools     []EdgePoolState     `json:"edgePools"`
	FrontEndPools []FrontEndPoolState `json:"frontEndPools"`
	Machines      []farm.Machine      `json:"machines"`
	Replicas      []farm.ReplicaState `json:"replicas"`
	// OpenPorts are the federation ports that answer. PortErrors names the ports that
	// should answer and cannot.
	OpenPorts  []string            `json:"openPorts"`
	PortErrors string              `json:"portErrors,omitempty"`
	SimpleURLs []farm.SimpleURLSet `json:"simpleUrls"`
	LostURLs   []farm.SimpleURLSet `json:"lostSimpleUrls,omitempty"`
	DNSServers []string            `json:"dnsServers"`
	Endpoints  []Endpoint          `json:"endpoints"`
	Faults     []farm.Fault        `json:"faults"`
}

// SiteState is a central site and its routes.
type SiteState struct {
	Name      string `json:"name"`
	SIPRoute  string `json:"federationRoute"`
	XMPPRoute string `json:"xmppFederationRoute"`
}

// EdgePoolState is an Edge pool and its flags.
type EdgePoolState struct {
	FQDN         string `json:"fqdn"`
	Site         string `json:"site"`
	ExternalFQDN string `json:"externalFQDN"`
	NextHop      string `json:"nextHop,omitempty"`
	SIP          bool   `json:"federation"`
	XMPP         bool   `json:"xmpp"`
}

// FrontEndPoolState is a Front End pool and its three links.
type FrontEndPoolState struct {
	FQDN         string         `json:"fqdn"`
	Site         string         `json:"site"`
	Registrar    string         `json:"registrarEdge"`
	Conferencing string         `json:"conferencingEdge"`
	Mediation    string         `json:"mediationEdge,omitempty"`
	BackupPool   string         `json:"backupPool,omitempty"`
	State        farm.PoolState `json:"state"`
	Users        int            `json:"users"`
}

func (o *Organization) getState(_ request) (any, error) { return o.State(), nil }

// State gives the whole state. Each part is consistent in itself, but the parts may
// be of different moments.
func (o *Organization) State() State {
	c := o.farm.Truth()
	s := State{
		Name: o.spec.Name, Product: o.farm.Product().Name, Now: o.farm.Clock().Now(), Version: c.Version,
		Signature: c.Published.Signature, Enabled: c.Enabled.Signature, CMSPool: c.CMSPool,
		Federated: c.AccessEdge.AllowFederatedUsers, Machines: o.farm.Machines(), Replicas: []farm.ReplicaState{},
		OpenPorts: openPorts(o.edges), SimpleURLs: c.SimpleURLs, LostURLs: o.farm.LostSimpleURLs(),
		DNSServers: o.DNSServers(), Endpoints: o.Endpoints(), Faults: o.farm.Faults(),
	}
	if err := o.edges.Err(); err != nil {
		s.PortErrors = err.Error()
	}
	if rows, err := o.farm.ReplicationStatus(); err == nil {
		s.Replicas = rows
	}
	for _, v := range c.Sites() {
		s.Sites = append(s.Sites, SiteState{v.Name, v.Routes.SIP, v.Routes.XMPP})
	}
	for _, p := range c.EdgePools() {
		s.EdgePools = append(s.EdgePools, EdgePoolState{p.FQDN, p.Site, p.ExternalFQDN, p.NextHop, p.SIP, p.XMPP})
	}
	for _, p := range c.FrontEndPools() {
		s.FrontEndPools = append(s.FrontEndPools, FrontEndPoolState{
			p.FQDN, p.Site, p.Registrar, p.Conferencing, p.Mediation, p.BackupPool, p.State, p.Users,
		})
	}
	return s
}

func openPorts(l *edge.Listeners) []string {
	out := []string{}
	for _, a := range l.Addresses() {
		out = append(out, a.String())
	}
	return out
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Invariant is one rule that the simulator checks all the time.
type Invariant struct {
	ID     string `json:"id"`
	Claim  string `json:"claim"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail,omitempty"`
}

var watched = []Invariant{
	{ID: "I1", Claim: "a signed DNS update never leads partners to a host where no federation port answers"},
	{ID: "I2", Claim: "no publish while another runs, none from a stale document"},
	{ID: "I4", Claim: "simple URLs survive a publish"},
	{ID: "I7", Claim: "no long operation is started while the same one runs"},
	{ID: "I8", Claim: "Edge setup never runs on a replica older than the document in force"},
}

// Invariants reports for each invariant whether it holds. An invariant holds when it
// has never been broken; I4 also requires that no simple URL is missing now.
func (o *Organization) Invariants() []Invariant {
	broken := map[string]farm.Violation{}
	for _, v := range o.farm.Violations() {
		broken[v.Invariant] = v
	}
	out := slices.Clone(watched)
	for i := range out {
		v, bad := broken[out[i].ID]
		out[i].Holds, out[i].Detail = !bad, v.Detail
		if out[i].ID == "I4" && o.farm.LostSimpleURLs() != nil {
			out[i].Holds, out[i].Detail = false, "a publish emptied the simple URLs and nobody has put them back"
		}
	}
	return out
}

var troubleRoutes = []route{
	{"GET /faults", "what is armed to go wrong", func(o *Organization, _ request) (any, error) { return o.farm.Faults(), nil }},
	{"POST /faults", `arm a fault: {"kind": "PublishFails", "target": "", "times": 1, "delay": "10s"}`, func(o *Organization, r request) (any, error) {
		var fl farm.Fault
		if err := r.body(&fl); err != nil {
			return nil, err
		}
		return nil, o.farm.AddFault(fl)
	}},
	{"POST /faults/seed", `arm faults chosen by the seed: {"count": 3}`, func(o *Organization, r request) (any, error) {
		in := struct{ Count int }{Count: 1}
		if err := r.body(&in); err != nil {
			return nil, err
		}
		return notNil(o.farm.SeedFaults(min(in.Count, 100))), nil
	}},
	{"DELETE /faults", "disarm every fault; stuck replicas go on", func(o *Organization, _ request) (any, error) {
		o.farm.ClearFaults()
		return nil, nil
	}},
	{"POST /clock/advance", `move a manual clock: {"by": "10m"}`, func(o *Organization, r request) (any, error) {
		var in struct{ By farm.Duration }
		if err := r.body(&in); err != nil {
			return nil, err
		}
		clock, ok := o.farm.Clock().(*farm.ManualClock)
		if !ok {
			return nil, refusal.New(refusal.Refused, "advance", "the clock", "it is the real one; start with a manual clock")
		}
		clock.Advance(time.Duration(in.By))
		return map[string]time.Time{"now": clock.Now()}, nil
	}},
	{"POST /machines/{fqdn}/winrm", `let a machine's WinRM service misbehave: {"action": "Command", "effect": "Drop", "times": 1}`, func(o *Organization, r request) (any, error) {
		m, err := o.machine(r.PathValue("fqdn"))
		if err != nil {
			return nil, err
		}
		var rule wsman.Rule
		if err := r.body(&rule); err != nil {
			return nil, err
		}
		m.each(func(s *wsman.Server) { s.Misbehave(rule) })
		return nil, nil
	}},
	{"DELETE /machines/{fqdn}/winrm", "let a machine's WinRM service behave again", func(o *Organization, r request) (any, error) {
		m, err := o.machine(r.PathValue("fqdn"))
		if err != nil {
			return nil, err
		}
		m.each((*wsman.Server).Behave)
		return nil, nil
	}},
	{"POST /dns/servers/{n}", `let the n-th DNS server fail or lag, or be slow with a zone: {"fault": "Silent", "lag": "30s", "slow": {"contoso.com": "2s"}}`, func(o *Organization, r request) (any, error) {
		s, err := o.dns.server(r.PathValue("n"))
		if err != nil {
			return nil, err
		}
		var in struct {
			Fault dns.Fault
			Lag   farm.Duration
			Slow  map[string]farm.Duration
		}
		if err := r.body(&in); err != nil {
			return nil, err
		}
		if !slices.Contains(dns.Faults, in.Fault) {
			return nil, refusal.New(refusal.Invalid, "let DNS fail with", string(in.Fault), "there is no such fault")
		}
		s.Fail(in.Fault)
		s.Lag(time.Duration(in.Lag))
		for zone, pause := range in.Slow {
			s.Slow(zone, time.Duration(pause))
		}
		return nil, nil
	}},
}
