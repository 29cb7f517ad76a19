// Package judge watches an organization from outside and says which of fedroute's invariants
// were broken. It imports nothing of the product. It reads what the organization shows: the
// journal of its writes, its DNS zones, its ports, and the script of what people did. It never
// reads a status, a plan or a log.
package judge

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// Wish is what people want of a route from a moment on.
type Wish struct {
	At   time.Time
	Pool string // the Edge pool that federation is to be on
	// Still: nothing may be changed: the route observes, is suspended, or waits for an
	// approval that nobody has given.
	Still bool
}

// Terms are what a judge has to know of the route beside wishes.
type Terms struct {
	// Accounts are the names with which fedroute writes, as the journal shows them.
	Accounts []string
	// Pools are all Edge pools that some wish names.
	Pools []string
	// FrontEnds are the Front End pools whose Edge pool the route names. That it fails one back
	// it does not say.
	FrontEnds []string
	// Names are the DNS names and types that the route names, such as "fed.contoso.com A".
	Names []string
	// Domains are the domains by protocol, for which partners look.
	SIP, XMPP []string
}

// Violation is an invariant that was broken.
type Violation struct {
	At        time.Duration // since the judge began
	Invariant string
	Detail    string
}

func (v Violation) String() string { return fmt.Sprintf("%s at %s: %s", v.Invariant, v.At, v.Detail) }

// Judge watches one organization.
type Judge struct {
	farm  *farm.Farm
	zones *dns.Authority
	terms Terms
	began time.Time

	mu      sync.Mutex
	entries int // of the farm's journal that were judged
	claims  int // of the farm's violations
	wishes  []Wish
	// answered is when each port was last seen answering.
	answered map[netip.AddrPort]time.Time
	now      map[netip.AddrPort]bool
	// denied is since when a cmdlet has been denied without a break.
	denied map[string]time.Time
	found  []Violation
	lostAt time.Time      // since when the simple URLs are lost
	away   map[string]int // by route: how often fedroute set another pool than is wished
	outside
	outage
}

// Watch begins to judge. What was written before is not judged.
func Watch(f *farm.Farm, zones *dns.Authority, t Terms) *Judge {
	j := &Judge{farm: f, zones: zones, terms: t, began: f.Clock().Now(), answered: map[netip.AddrPort]time.Time{}, denied: map[string]time.Time{}}
	j.claims = len(f.Violations())
	journal, now := j.settled()
	j.entries, j.outside = len(journal), outside{now.Version, j.unnamed(now), map[string]bool{}}
	j.ports()
	f.Observe(j.look)
	zones.Observe(j.dnsChanged)
	return j
}

// Wishes notes what people want from now on.
func (j *Judge) Wishes(w Wish) {
	j.mu.Lock()
	defer j.mu.Unlock()
	w.At = j.farm.Clock().Now()
	j.away = map[string]int{}
	j.wishes = append(j.wishes, w)
}

// Violations lists what was broken so far.
func (j *Judge) Violations() []Violation {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.found)
}

// Writes counts what fedroute has written so far.
func (j *Judge) Writes() (n int) {
	for _, e := range j.farm.Journal() {
		if j.theirs(e.Actor) && e.Error == "" {
			n++
		}
	}
	return n
}

// theirs reports whether fedroute wrote it.
func (j *Judge) theirs(a farm.Actor) bool {
	return slices.ContainsFunc(j.terms.Accounts, func(name string) bool { return strings.EqualFold(name, a.User) })
}

func (j *Judge) broke(invariant, format string, args ...any) {
	j.found = append(j.found, Violation{j.farm.Clock().Now().Sub(j.began), invariant, fmt.Sprintf(format, args...)})
}

// look is called after every event of the farm.
func (j *Judge) look() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ports()
	j.cmdlets()
	claims := j.farm.Violations()
	for _, v := range claims[j.claims:] {
		if v.Invariant != "I1" && j.theirs(v.Actor) && !j.unknowable(v) { // I1 is judged here
			j.broke(v.Invariant, "%s: %s", v.Actor, v.Detail)
		}
	}
	j.claims = len(claims)
	journal, now := j.settled()
	for _, e := range journal[j.entries:] {
		if j.theirs(e.Actor) {
			j.wrote(e)
		} else if e.Error == "" {
			j.persons[e.Object] = true
		}
	}
	j.compare(journal[j.entries:], now)
	j.entries = len(journal)
	j.urls()
	j.down()
}

// unknowable reports whether a person published a moment before. Between fedroute's last read of
// the topology and its publish nobody can know that, because Publish-CsTopology promises no
// check. An Edge machine cannot before the document is replicated to it.
func (j *Judge) unknowable(v farm.Violation) bool {
	moment, excused := map[string]time.Duration{"I2": time.Second, "I8": time.Minute}[v.Invariant]
	return excused && slices.ContainsFunc(j.farm.Journal(), func(e farm.Entry) bool {
		published := strings.HasPrefix(e.Object, "Topology") || strings.HasPrefix(e.Object, "EdgeServer:")
		return published && !j.theirs(e.Actor) && !e.At.After(v.At) && v.At.Sub(e.At) < moment
	})
}

// ports notes which ports answer.
func (j *Judge) ports() {
	at := j.farm.Clock().Now()
	for port := range j.now {
		j.answered[port] = at // until now
	}
	j.now = map[netip.AddrPort]bool{}
	for _, l := range j.farm.Reachable() {
		port := netip.AddrPortFrom(l.Public, l.Port)
		j.now[port], j.answered[port] = true, at
	}
}

// cmdlets notes which cmdlets are denied, and since when.
func (j *Judge) cmdlets() {
	denied := map[string]time.Time{}
	for _, f := range j.farm.Faults() {
		if f.Kind != farm.FaultCmdletDenied {
			continue
		}
		since, ok := j.denied[f.Target]
		if !ok {
			since = j.farm.Clock().Now()
		}
		denied[f.Target] = since
	}
	j.denied = denied
}

// freshness is how long ago a port may have been seen answering when a change is made that
// leads partners to it: fedroute promises 5 seconds before it sends the change, and a server
// may take as long as fedroute waits for it.
const freshness = 30 * time.Second

// dnsChanged is called with every change of a zone.
func (j *Judge) dnsChanged(e dns.Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ports()
	defer j.down()
	if e.Server == "" || !j.theirs(farm.Actor{User: e.By}) {
		for _, change := range e.Changes {
			j.persons[recordOf(change)] = true
		}
		return
	}
	now := j.farm.Clock().Now()
	for _, change := range e.Changes {
		f := strings.Fields(change[1:]) // name ttl type data
		if len(f) < 4 || f[2] == "SOA" {
			continue
		}
		name := recordOf(change)
		if !slices.ContainsFunc(j.terms.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
			j.meddled(name, "an update changed %s, which the route does not name", change)
		}
		if change[0] != '+' || f[2] != "A" {
			continue
		}
		j.led(now, f[0], f[3])
	}
	j.still(now, "an update of the zone "+e.Zone, 2*time.Minute)
	j.unread(now, "Zone:"+e.Zone, "", j.terms.Accounts[0])
}

// led judges I1: the name has got an address.
func (j *Judge) led(now time.Time, name, address string) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return
	}
	for _, t := range j.targets() {
		if !strings.EqualFold(t.host, strings.TrimSuffix(name, ".")) {
			continue
		}
		at := netip.AddrPortFrom(addr, t.port)
		if seen, ok := j.answered[at]; !ok || now.Sub(seen) > freshness {
			j.broke("I1", "%s leads partners to %s, which has not answered since %s", name, at, since(seen, now))
		}
	}
}

func since(seen, now time.Time) string {
	if seen.IsZero() {
		return "ever"
	}
	return fmt.Sprint(now.Sub(seen), " ago")
}

// target is a host and port to which an SRV record leads.
type target struct {
	host string
	port uint16
}

// targets are what the SRV records of the route's domains name now.
func (j *Judge) targets() (out []target) {
	for service, domains := range map[string][]string{"_sipfederationtls._tcp.": j.terms.SIP, "_xmpp-server._tcp.": j.terms.XMPP} {
		for _, d := range domains {
			for _, data := range j.zones.Lookup(service+d, "SRV") {
				var priority, weight, port uint16
				var host string
				if _, err := fmt.Sscan(data, &priority, &weight, &port, &host); err == nil {
					out = append(out, target{strings.TrimSuffix(host, "."), port})
				}
			}
		}
	}
	return out
}

// kept is how long what was under way may still end when a route is told to be still.
func kept(e farm.Entry) time.Duration {
	switch {
	case strings.HasPrefix(e.Object, "Setup:"), strings.HasPrefix(e.Object, "Service"):
		return 20 * time.Minute
	case strings.Contains(e.Object, "SimpleUrl"), e.To == "Enable-CsTopology", strings.HasPrefix(e.Actor.Command, "Enable-"):
		return 24 * time.Hour // it ends a publish, however long ago that was
	}
	return 3 * time.Minute
}

// wrote judges one write of fedroute.
func (j *Judge) wrote(e farm.Entry) {
	if e.Error != "" {
		return
	}
	j.still(e.At, e.Actor.String()+" "+e.Object, kept(e))
	j.unread(e.At, e.Object, e.To, e.Actor.String())
	if strings.HasPrefix(e.Object, "Site:") {
		j.routed(e)
	}
	if !j.named(e.Object) {
		j.meddled(e.Object, "%s changed %s, which the route does not name", e.Actor, e.Object)
	}
}

// still judges I3: since grace and longer nothing may be changed.
func (j *Judge) still(at time.Time, what string, grace time.Duration) {
	for _, w := range slices.Backward(j.wishes) {
		if !w.Still {
			return
		}
		if at.Sub(w.At) > grace {
			j.broke("I3", "%s, though nothing may be changed since %s", what, at.Sub(w.At))
			return
		}
	}
}

// routed judges I9: a site's route is set to the pool that people wish. A manager may learn
// late that they wish another, once for each route, and it may go back where nobody answers on
// the new pool.
func (j *Judge) routed(e farm.Entry) {
	if e.To == "" || e.To == e.From {
		return
	}
	wished := ""
	for i, w := range slices.Backward(j.wishes) {
		if i+1 < len(j.wishes) && e.At.Sub(j.wishes[i+1].At) > 20*time.Minute {
			break
		}
		if wished == "" {
			wished = w.Pool
		}
		if i == len(j.wishes)-1 && strings.EqualFold(w.Pool, e.To) {
			return
		}
		if strings.EqualFold(w.Pool, e.To) && j.away[e.Object] < 1 {
			j.away[e.Object]++
			return
		}
	}
	if j.answers(wished) {
		j.broke("I9", "%s set %s to %s, though people wish %s, as it could know, and that answers", e.Actor, e.Object, e.To, wished)
	}
}

// answers reports whether any federation port of a pool answers.
func (j *Judge) answers(pool string) bool {
	for _, m := range j.farm.Machines() {
		for at := range j.now {
			if strings.EqualFold(m.Pool, pool) && m.PublicAddress == at.Addr() {
				return true
			}
		}
	}
	return false
}

// urls judges I4 while things happen: simple URLs do not stay lost.
func (j *Judge) urls() {
	now := j.farm.Clock().Now()
	switch lost := len(j.farm.LostSimpleURLs()) > 0; {
	case !lost:
		j.lostAt = time.Time{}
	case j.lostAt.IsZero():
		j.lostAt = now
	}
}

// End judges what must hold when everything is quiet.
func (j *Judge) End() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.lostAt.IsZero() {
		j.broke("I4", "the simple URLs are lost since %s", j.farm.Clock().Now().Sub(j.lostAt))
	}
	j.ended(j.farm.Clock().Now())
}

// Secret judges I10: a text that fedroute wrote holds a secret.
func (j *Judge) Secret(where, name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broke("I10", "%s holds the secret %s", where, name)
}

// Partner looks as a partner does: SRV, then addresses, then the port. It says for which
// domain no answer was found on the pool, or "".
func (j *Judge) Partner(pool string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	own := map[netip.Addr]bool{}
	for _, m := range j.farm.Machines() {
		if strings.EqualFold(m.Pool, pool) {
			own[m.PublicAddress] = true
		}
	}
	open := map[netip.AddrPort]bool{}
	for _, l := range j.farm.Reachable() {
		open[netip.AddrPortFrom(l.Public, l.Port)] = true
	}
	targets := j.targets()
	if len(targets) < len(j.terms.SIP)+len(j.terms.XMPP) {
		return fmt.Sprintf("only %d of the SRV records exist", len(targets))
	}
	for _, t := range targets {
		addresses := j.zones.Lookup(t.host, "A")
		if len(addresses) == 0 {
			return t.host + " has no address"
		}
		for _, text := range addresses {
			addr, err := netip.ParseAddr(text)
			if err != nil || !own[addr] {
				return fmt.Sprintf("%s leads to %s, which is not %s", t.host, text, pool)
			}
			if !open[netip.AddrPortFrom(addr, t.port)] {
				return fmt.Sprintf("%s leads to %s port %d, where nobody answers", t.host, text, t.port)
			}
		}
	}
	return ""
}

// Lost notes that partners lost a service that nothing disturbed any more.
func (j *Judge) Lost(what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.broke("liveness", "partners were served, and then: %s", what)
}

// StepAt says during which kind of step something happened: the next write of fedroute within
// ten minutes ends that step.
func (j *Judge) StepAt(at time.Time, journal []farm.Entry) string {
	for _, e := range journal {
		step := j.Step(e)
		if e.At.Before(at) || step == "" {
			continue
		}
		if e.At.Sub(at) > 10*time.Minute {
			break
		}
		return step
	}
	return Between
}

// Steps are the kinds of steps that end with a write, in the order in which a move begins them.
// Between is none of them.
var Steps = []string{"PublishFlags", "RestoreSimpleURLs", "EnableTopology", "SetupEdgeServer", "Services", "SetSiteRoute", "UpdateDNS"}

// Between is what a moment is called that no write follows soon.
const Between = "between"

// Step is the kind of step that ends with a write; "" for a write that is not fedroute's.
func (j *Judge) Step(e farm.Entry) string {
	kind, _, _ := strings.Cut(e.Object, ":")
	switch {
	case !j.theirs(e.Actor):
		return ""
	case kind == "Zone":
		return "UpdateDNS"
	case kind == "Site":
		return "SetSiteRoute"
	case kind == "Setup":
		return "SetupEdgeServer"
	case strings.HasPrefix(kind, "Service"):
		return "Services"
	case strings.HasPrefix(kind, "SimpleUrl"):
		return "RestoreSimpleURLs"
	case kind == "Topology enabled" || e.Actor.Command == "Enable-CsTopology":
		return "EnableTopology"
	case kind == "Topology" || kind == "EdgeServer":
		return "PublishFlags"
	}
	return "other"
}
