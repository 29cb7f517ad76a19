package status

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
)

// TopologyFacts are what one reconcile of a LyncTopology learned. Err says why no server
// could be asked; the snapshot then says nothing.
type TopologyFacts struct {
	Now        time.Time
	Created    time.Time // when the LyncTopology was created
	Generation int64
	Previous   v1alpha1.LyncTopologyStatus
	Err        error
	Snapshot   lync.Snapshot
	Answered   string // the server that was asked, in words for people
	// Overridden and OutOfService come from the spec.
	Overridden   map[lync.Host][]netip.Addr
	OutOfService map[lync.Host]bool
	// Shared says of a status whether another LyncTopology describes the same organization;
	// nil: there is no other.
	Shared func(v1alpha1.LyncTopologyStatus) bool
}

// Topology computes the whole status, once. Where nothing could be read now, it keeps what
// was seen before: unknown is not empty.
func Topology(f TopologyFacts) v1alpha1.LyncTopologyStatus {
	s := *f.Previous.DeepCopy()
	s.ObservedGeneration = f.Generation
	c := conditions{list: &s.Conditions, generation: f.Generation, now: metav1.NewTime(f.Now)}
	c.summary(f.look(&s, c).and(fit(&s)))
	c.share(f.Shared != nil && f.Shared(s))
	return s
}

// look writes what was seen, and concludes about Ready.
func (f TopologyFacts) look(s *v1alpha1.LyncTopologyStatus, c conditions) finding {
	err := f.Err
	if err == nil {
		err = f.Snapshot.Topology.Err
	}
	t := f.Snapshot.Topology.Value
	if err != nil {
		if f.Err == nil && len(t.Unknown) > 0 {
			f.partly(s, c)
		}
		return arriving(findingOf(err), f.Created, f.Now)
	}
	s.UnknownParts = nil
	s.Product = &v1alpha1.Product{Name: shorten(t.Product.Name), Version: shorten(t.Product.Version), XMPP: t.Product.XMPP}
	s.Endpoint = f.Snapshot.Endpoint
	s.DefaultDomain = cmp.Or(shorten(t.DefaultDomain), s.DefaultDomain) // an older endpoint kit does not tell it
	s.Sites, s.EdgePools, s.FrontEndPools = sites(t), f.edgePools(t), frontEndPools(t)
	s.Setups = f.setups(t)
	if !sameSight(f.Previous, *s) || s.ObservedAt == nil {
		at := metav1.NewTime(f.Snapshot.At).Rfc3339Copy()
		s.ObservedAt = &at
	}
	c.edgeServers(f, s.EdgePools)
	c.topologyEnabled(f)
	return finding{v1alpha1.ReasonObserved, fmt.Sprintf("%s %s answers on %s%s", t.Product.Name, t.Product.Version, f.Answered, oldKit(t.Kit)), settled}
}

// oldKit says which functions an installed endpoint kit lacks; "" for none.
func oldKit(k *lync.Kit) string {
	if k == nil || len(k.Lacks) == 0 {
		return ""
	}
	return fmt.Sprintf("; its endpoint kit (version %d) has no %s as this release calls them: write the kit anew and install it", k.Version, strings.Join(k.Lacks, ", "))
}

// partly writes the parts that could be read, and names the others. What was seen before
// of the others stays. What the server's own replica says is shown where nothing was seen
// before.
func (f TopologyFacts) partly(s *v1alpha1.LyncTopologyStatus, c conditions) {
	t := f.Snapshot.Topology.Value
	lacks := make(map[lync.TopologyPart]bool)
	s.UnknownParts = nil
	for _, u := range t.Unknown {
		why := findingOf(u.Err)
		lacks[u.Part] = true
		s.UnknownParts = append(s.UnknownParts, v1alpha1.UnknownPartStatus{Part: string(u.Part), Reason: why.reason, Message: shorten(why.message), FromLocalStore: u.Local})
	}
	s.Endpoint = f.Snapshot.Endpoint
	if !lacks[lync.PartVersion] {
		s.Product = &v1alpha1.Product{Name: shorten(t.Product.Name), Version: shorten(t.Product.Version), XMPP: t.Product.XMPP}
	}
	if !lacks[lync.PartDocument] {
		s.DefaultDomain = cmp.Or(shorten(t.DefaultDomain), s.DefaultDomain)
	}
	if !lacks[lync.PartSites] {
		s.Sites = sites(t)
	}
	if !lacks[lync.PartServices] {
		s.FrontEndPools = frontEndPools(t)
	}
	if !lacks[lync.PartServices] && !lacks[lync.PartDocument] || len(s.EdgePools) == 0 {
		s.EdgePools = f.edgePools(t)
		c.edgeServers(f, s.EdgePools)
	}
	if !sameSight(f.Previous, *s) || s.ObservedAt == nil {
		at := metav1.NewTime(f.Snapshot.At).Rfc3339Copy()
		s.ObservedAt = &at
	}
}

func sameSight(a, b v1alpha1.LyncTopologyStatus) bool {
	return equality.Semantic.DeepEqual(a.Product, b.Product) && equality.Semantic.DeepEqual(a.Sites, b.Sites) &&
		equality.Semantic.DeepEqual(a.EdgePools, b.EdgePools) && equality.Semantic.DeepEqual(a.FrontEndPools, b.FrontEndPools)
}

func (c conditions) edgeServers(f TopologyFacts, pools []v1alpha1.EdgePoolStatus) {
	var silent []string
	for _, p := range pools {
		for _, s := range p.Servers {
			if !s.Reachable && !f.OutOfService[lync.HostOf(s.FQDN)] {
				silent = append(silent, s.Message)
			}
		}
	}
	if len(silent) > 0 {
		c.set(v1alpha1.ConditionEdgeServersReachable, metav1.ConditionFalse, v1alpha1.ReasonUnreachable, strings.Join(silent, "; "))
		return
	}
	c.set(v1alpha1.ConditionEdgeServersReachable, metav1.ConditionTrue, v1alpha1.ReasonObserved, "every Edge server answers")
}

func sites(t lync.Topology) []v1alpha1.SiteStatus {
	var out []v1alpha1.SiteStatus
	for _, s := range t.Sites {
		out = append(out, v1alpha1.SiteStatus{Name: shorten(s.Name), SIPRoute: shorten(s.SIPRoute), XMPPRoute: shorten(s.XMPPRoute)})
	}
	return out
}

func frontEndPools(t lync.Topology) []v1alpha1.FrontEndPoolStatus {
	var out []v1alpha1.FrontEndPoolStatus
	for _, p := range t.FrontEndPools {
		s := v1alpha1.FrontEndPoolStatus{FQDN: shorten(p.FQDN), Site: shorten(p.Site), BackupPool: shorten(p.BackupPool), State: string(p.State)}
		if p.Edge.Is(p.Edge.Registrar) {
			s.EdgePool = shorten(p.Edge.Registrar)
		}
		out = append(out, s)
	}
	return out
}

func (f TopologyFacts) edgePools(t lync.Topology) []v1alpha1.EdgePoolStatus {
	var out []v1alpha1.EdgePoolStatus
	for _, p := range t.EdgePools {
		s := v1alpha1.EdgePoolStatus{FQDN: shorten(p.FQDN), Site: shorten(p.Site), ExternalFQDN: shorten(p.ExternalFQDN), SIP: p.SIPEnabled, XMPP: p.XMPPEnabled, NextHop: shorten(p.NextHop)}
		for _, machine := range p.Servers {
			s.Servers = append(s.Servers, f.edgeServer(t, machine))
		}
		out = append(out, s)
	}
	return out
}

func (f TopologyFacts) edgeServer(t lync.Topology, machine lync.EdgeServer) v1alpha1.EdgeServerStatus {
	name := lync.HostOf(machine.FQDN)
	s := v1alpha1.EdgeServerStatus{FQDN: shorten(machine.FQDN), Services: "Unknown", Replica: replica(t.Replicas, name)}
	addresses := machine.ExternalAddresses
	if o := f.Overridden[name]; len(o) > 0 {
		addresses = o
	}
	for _, a := range addresses {
		s.ExternalAddresses = append(s.ExternalAddresses, a.String())
	}
	part, ok := f.Snapshot.EdgeServers[name]
	switch {
	case !ok:
		s.Message = "the machine is not read"
	case !part.Known():
		s.Message = shorten(findingOf(part.Err).message)
	default:
		s.Reachable, s.Services = true, services(part.Value)
	}
	return s
}

func services(state lync.EdgeServerState) string {
	running := slices.ContainsFunc(state.Services, func(s lync.Service) bool { return s.State == lync.ServiceRunning })
	switch {
	case state.Running():
		return "Running"
	case running:
		return "Partial"
	}
	return "Stopped"
}

func replica(all map[lync.Host]lync.Replica, name lync.Host) string {
	r, ok := all[name]
	switch {
	case !ok:
		return "Unknown"
	case r.UpToDate:
		return "UpToDate"
	}
	return "Behind"
}
