package shell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/remote"
)

// topologyReply is what Read-Topology.ps1 emits.
type topologyReply struct {
	ServerVersion       string
	Module              string
	ServerTime          string
	UtcOffsetMinutes    int // how far local time is ahead
	XmppRouteParameter  string
	AllowFederatedUsers bool
	Signature           string
	DefaultDomain       string
	Clusters            []string // Cluster elements of the topology document
	EdgeServices        []string // Service elements of Edge pools
	Sites               []siteReply
	Services            []roleReply
	RegistrarSettings   []registrarSettingsReply
	Replicas            []replicaReply
	Unknown             []unknownReply
	LocalStore          []string // parts of Unknown that the server's own replica told
}

// unknownReply is a part that a cmdlet refused.
type unknownReply struct {
	Part  string
	Error remote.ScriptError
}

// parts are the names of parts in the reply.
var parts = map[string]lync.TopologyPart{
	"Version": lync.PartVersion, "Document": lync.PartDocument, "AccessEdge": lync.PartAccessEdge, "Sites": lync.PartSites,
	"Services": lync.PartServices, "RegistrarSettings": lync.PartPoolStates, "Replicas": lync.PartReplicas,
}

type siteReply struct{ Identity, SipRoute, XmppRoute string }

// roleReply is one service of Get-CsService. Properties that the role does not
// have are empty.
type roleReply struct {
	Role            string
	Pool            string
	Site            string
	EdgeServer      string
	Registrar       string
	BackupRegistrar string
	ExternalFqdn    string
}

type registrarSettingsReply struct{ Identity, PoolState string }

type replicaReply struct {
	Fqdn       string
	UpToDate   bool
	LastUpdate string
	LastStatus string
}

// What a reply may list. The largest organizations have some hundred sites and pools. Plans
// compare each site with each, so a list without bounds would keep a processor busy for hours.
const (
	sitesAtMost    = 1_000
	poolsAtMost    = 1_000
	servicesAtMost = 10_000
	machinesAtMost = 10_000
)

// bounded refuses a reply that lists more than any organization has.
func (r topologyReply) bounded(j job) error {
	for _, list := range []struct {
		what        string
		has, atMost int
	}{
		{"sites", len(r.Sites), sitesAtMost}, {"pools", max(len(r.Clusters), len(r.EdgeServices), len(r.RegistrarSettings)), poolsAtMost},
		{"services", len(r.Services), servicesAtMost}, {"replicas", len(r.Replicas), machinesAtMost}, {"unknown parts", len(r.Unknown) + len(r.LocalStore), poolsAtMost},
	} {
		if list.has > list.atMost {
			return fault.New(fault.Unsupported, j.op, j.target, fmt.Sprintf("the server lists %d %s, and more than %d are not read", list.has, list.what, list.atMost)).
				With("nothing is concluded from its answer", "check that this is a management server of the organization")
		}
	}
	return nil
}

// topology turns the reply into a lync.Topology. A reply without signature or site is a
// failed read. Every organization has both, but an account without the right to see them
// gets such a reply.
func (r topologyReply) topology(j job, s signIn) (lync.Topology, error) {
	if len(r.Unknown) == 0 && (r.Signature == "" || len(r.Sites) == 0) {
		return lync.Topology{}, fault.New(fault.Failed, j.op, j.target, "the server shows no topology document or no central site").
			With("nothing can be concluded from that", "check that the account may read the topology")
	}
	if err := r.bounded(j); err != nil {
		return lync.Topology{}, err
	}
	d, err := readDocument(r.Clusters, r.EdgeServices)
	if err != nil {
		return lync.Topology{}, malformed(j, "%v", err)
	}
	now, err := stamp(r.ServerTime, 0)
	if err != nil {
		return lync.Topology{}, malformed(j, "the server's time: %v", err)
	}
	t := lync.Topology{
		ServerTime:            now,
		Product:               product(r.ServerVersion, r.Module, r.XmppRouteParameter),
		Signature:             r.Signature,
		DefaultDomain:         r.DefaultDomain,
		FederatedUsersAllowed: r.AllowFederatedUsers,
		Replicas:              make(map[lync.Host]lync.Replica, len(r.Replicas)),
	}
	for _, s := range r.Sites {
		t.Sites = append(t.Sites, lync.Site{
			Name: siteName(s.Identity), SIPRoute: poolName(s.SipRoute), XMPPRoute: poolName(s.XmppRoute),
		})
	}
	for _, service := range r.Services {
		switch service.Role {
		case "EdgeServer":
			t.EdgePools = append(t.EdgePools, d.edgePool(service))
		case "Registrar":
			t.FrontEndPools = append(t.FrontEndPools, r.frontEndPool(service, d))
		}
	}
	zone := r.zone(now)
	for _, replica := range r.Replicas {
		read, err := replica.replica(zone)
		if err != nil {
			return lync.Topology{}, malformed(j, "replica %s: %v", replica.Fqdn, err)
		}
		t.Replicas[lync.HostOf(replica.Fqdn)] = read
	}
	return r.incomplete(t, d, j, s)
}

// incomplete names the parts that are unknown. The fault is that of the first one: a cause
// that several share is told once.
func (r topologyReply) incomplete(t lync.Topology, d document, j job, s signIn) (lync.Topology, error) {
	var first *fault.Error
	var names []string
	for _, u := range r.Unknown {
		part, known := parts[u.Part]
		if !known {
			return lync.Topology{}, malformed(j, "it has a part %q", u.Part)
		}
		thrown := u.Error
		thrown.Script = j.script.name
		err := tell(&thrown, "read the "+string(part), j.target, s)
		t.Unknown = append(t.Unknown, lync.UnknownPart{Part: part, Err: err, Local: slices.Contains(r.LocalStore, u.Part)})
		names = append(names, string(part))
		if f, ok := errors.AsType[*fault.Error](err); ok && first == nil {
			first = f
		}
	}
	if first == nil {
		return t, nil
	}
	if lacks, _ := t.Lacks(lync.PartServices); lacks {
		t.EdgePools = d.edgePools()
	}
	f := *first
	f.Op, f.Cause = j.op, fmt.Sprintf("not to be read: %s (%s)", strings.Join(names, ", "), first.Cause)
	f.Effect = "what is planned upon them waits"
	return t, &f
}

func (r topologyReply) frontEndPool(registrar roleReply, d document) lync.FrontEndPool {
	pool := lync.FrontEndPool{
		FQDN: registrar.Pool, Site: siteName(registrar.Site), Servers: d.machines(registrar.Pool),
		BackupPool: poolName(registrar.BackupRegistrar),
		State:      r.poolState(registrar),
		Edge:       lync.Association{Registrar: poolName(registrar.EdgeServer)},
	}
	for _, service := range r.Services {
		if !lync.SameHost(service.Pool, registrar.Pool) {
			continue
		}
		switch service.Role {
		case "ConferencingServer":
			pool.Edge.Conferencing = poolName(service.EdgeServer)
		case "MediationServer":
			pool.Edge.Mediation, pool.Edge.HasMediation = poolName(service.EdgeServer), true
		}
	}
	return pool
}

// poolState finds the settings that hold for a Registrar: its own, else its
// site's, else the global ones.
func (r topologyReply) poolState(registrar roleReply) lync.PoolState {
	for _, identity := range []string{
		"service:registrar:" + registrar.Pool, "registrar:" + registrar.Pool, "site:" + siteName(registrar.Site), "global",
	} {
		for _, settings := range r.RegistrarSettings {
			if strings.EqualFold(settings.Identity, identity) {
				return lync.PoolState(settings.PoolState)
			}
		}
	}
	return lync.PoolStateNone
}

func (r replicaReply) replica(zone time.Duration) (lync.Replica, error) {
	update, err := stamp(r.LastUpdate, zone)
	if err != nil {
		return lync.Replica{}, err
	}
	return lync.Replica{UpToDate: r.UpToDate, LastUpdate: update}, nil
}

// zone says how far the replicas' times are ahead of universal time where they have no
// kind. No source tells whether such a time is local or universal. Replicas report again and
// again, so the newest time of the answer is near the server's own time in the reading that
// is right.
func (r topologyReply) zone(now time.Time) time.Duration {
	var newest time.Time
	for _, replica := range r.Replicas {
		for _, text := range []string{replica.LastUpdate, replica.LastStatus} {
			if t, err := time.Parse(withoutKind, text); err == nil && t.After(newest) {
				newest = t
			}
		}
	}
	local := time.Duration(r.UtcOffsetMinutes) * time.Minute
	if newest.Sub(now).Abs() <= newest.Add(-local).Sub(now).Abs() {
		return 0
	}
	return local
}

// withoutKind is .NET's round-trip format of a time that is neither local nor universal.
const withoutKind = "2006-01-02T15:04:05.9999999"

// stamp reads a time in .NET's round-trip format. A time without a kind is ahead of universal
// time by the zone. An empty text and .NET's smallest time both mean that the event never
// happened.
func stamp(text string, zone time.Duration) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if bare, unkind := time.Parse(withoutKind, text); unkind == nil {
		t, err = bare.Add(-zone), nil
	}
	if err != nil || t.UTC().Year() <= 1 {
		return time.Time{}, err
	}
	return t.UTC(), nil
}

// poolName gives the pool's FQDN of a service identity. It takes both "EdgeServer:" and
// the FQDN, as identities are written, and the FQDN alone: how the server writes a site's
// route is not documented.
func poolName(identity string) string {
	identity = strings.TrimSpace(identity)
	return strings.TrimSuffix(identity[strings.LastIndex(identity, ":")+1:], ".")
}

// siteName gives "Redmond" for "Site:Redmond".
func siteName(identity string) string {
	if len(identity) > len("site:") && strings.EqualFold(identity[:len("site:")], "site:") {
		return identity[len("site:"):]
	}
	return identity
}
