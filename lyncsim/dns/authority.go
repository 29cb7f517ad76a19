// Package dns is the DNS of the simulated organization: authoritative servers on
// loopback addresses that answer queries and accept signed dynamic updates (RFC
// 2136, RFC 8945). They behave as BIND 9.18 was seen to. On request they also lag
// and fail. They keep a journal of every change.
package dns

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	mdns "github.com/miekg/dns"
)

// Authority is an organization's DNS data: zones with their earlier versions, keys
// and the journal. Servers that Listen makes serve it. All methods may be called at
// any time.
type Authority struct {
	clock func() time.Time

	mu      sync.Mutex
	zones   map[string][]*version // by apex, the oldest first
	keys    map[string]Key        // by canonical name
	journal []Entry
	maxLag  time.Duration // longest lag of any server so far

	observers []func(Entry)
	attend    func(server string, update bool) (effected func())

	listen func(network, address string) (net.Listener, error) // nil: on the machine's own network
}

// New makes an Authority whose journal and lags follow clock (nil: time.Now).
func New(clock func() time.Time, zones []Zone, keys []Key) (*Authority, error) {
	if clock == nil {
		clock = time.Now
	}
	a := &Authority{clock: clock, zones: map[string][]*version{}, keys: map[string]Key{}}
	for _, z := range zones {
		v, err := parseZone(z, clock())
		if err != nil {
			return nil, err
		}
		if a.zones[v.apex] != nil {
			return nil, fmt.Errorf("zone %s is there twice", z.Name)
		}
		a.zones[v.apex] = []*version{v}
	}
	for _, k := range keys {
		k, err := k.check()
		if err != nil {
			return nil, err
		}
		a.keys[k.Name] = k
	}
	return a, nil
}

// at gives the zones as they were lag ago.
func (a *Authority) at(lag time.Duration) view {
	a.mu.Lock()
	defer a.mu.Unlock()
	moment := a.clock().Add(-lag)
	current := make(map[string]*version, len(a.zones))
	for apex, past := range a.zones {
		current[apex] = past[0]
		for _, v := range past {
			if !v.at.After(moment) {
				current[apex] = v
			}
		}
	}
	return func(name string) *version {
		for {
			if v := current[name]; v != nil {
				return v
			}
			if name == "." {
				return nil
			}
			name = parent(name)
		}
	}
}

// change makes the zone's next version by edit, unless edit returns a response
// code other than success or changed nothing.
func (a *Authority) change(apex, by, where string, edit func(now, next *version) int) int {
	rcode, made := a.revise(apex, by, where, edit)
	for _, e := range made {
		a.tell(e)
	}
	return rcode
}

func (a *Authority) revise(apex, by, where string, edit func(now, next *version) int) (rcode int, made []Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	past := a.zones[apex]
	if past == nil {
		return mdns.RcodeNotAuth, nil
	}
	now := past[len(past)-1]
	next := now.next(a.clock())
	if rcode := edit(now, next); rcode != mdns.RcodeSuccess {
		return rcode, nil
	}
	changes := difference(now, next)
	if len(changes) == 0 && next.serial == now.serial {
		return mdns.RcodeSuccess, nil
	}
	next.publish(now.serial)
	a.zones[apex] = a.prune(append(past, next))
	e := Entry{Time: next.at, Zone: strings.TrimSuffix(apex, "."), Serial: next.serial, By: by, Server: where, Changes: changes}
	a.journal = append(a.journal, e)
	return mdns.RcodeSuccess, []Entry{e}
}

// publish increments the serial unless the edit has set it, and indexes the names.
func (v *version) publish(before uint32) {
	if v.serial == before {
		v.serial++
	}
	soa := mdns.Copy(v.soa()).(*mdns.SOA)
	soa.Serial = v.serial
	v.edit(v.apex)[mdns.TypeSOA] = []mdns.RR{soa}
	v.index()
}

// prune forgets versions that are older than the longest lag of any server.
func (a *Authority) prune(past []*version) []*version {
	oldest := a.clock().Add(-a.maxLag)
	for len(past) > 1 && !past[1].at.After(oldest) {
		past = past[1:]
	}
	return past
}

// errNoZone is the error of Set and Delete for a name outside all zones.
var errNoZone = errors.New("no zone here holds the name")

// Set replaces one set of records by hand, as an administrator at the server does.
// It needs no key and no prerequisite, and it also replaces a CNAME that is in the
// way. The values are in presentation form ("192.0.2.1", "0 0 5061
// sip.contoso.com.").
func (a *Authority) Set(by, name, rrtype string, ttl uint32, values ...string) error {
	return a.On("").Set(by, name, rrtype, ttl, values...)
}

// Delete removes one set of records by hand.
func (a *Authority) Delete(by, name, rrtype string) error {
	return a.On("").Delete(by, name, rrtype)
}

// Desk edits zones as a DNS server's own tools do. The journal names the server for
// its changes, as it does for updates.
type Desk struct {
	*Authority
	server string
}

// On gives the Desk of a server. With an empty name it is the Desk of edits by hand.
func (a *Authority) On(server string) Desk { return Desk{a, server} }

// Set replaces one set of records; see Authority.Set.
func (d Desk) Set(by, name, rrtype string, ttl uint32, values ...string) error {
	records := make([]mdns.RR, 0, len(values))
	for _, value := range values {
		rr, err := mdns.NewRR(fmt.Sprintf("%s %d IN %s %s", mdns.Fqdn(name), ttl, rrtype, value))
		if err != nil {
			return fmt.Errorf("set %s %s: %w", name, rrtype, err)
		}
		if rr == nil {
			return fmt.Errorf("set %s %s: %q is no record", name, rrtype, value)
		}
		records = append(records, rr)
	}
	return d.edit(by, name, rrtype, func(next *version) {
		if rrtype != "CNAME" {
			next.remove(mdns.CanonicalName(name), mdns.TypeCNAME, keepNone)
		}
		for _, rr := range records {
			next.add(rr)
		}
	})
}

// Delete removes one set of records.
func (d Desk) Delete(by, name, rrtype string) error {
	return d.edit(by, name, rrtype, func(*version) {})
}

// edit clears a set, and then fill may put records into the zone.
func (d Desk) edit(by, name, rrtype string, fill func(next *version)) error {
	number, ok := mdns.StringToType[strings.ToUpper(rrtype)]
	if !ok {
		return fmt.Errorf("edit %s: %q is no record type", name, rrtype)
	}
	owner := mdns.CanonicalName(name)
	v := d.at(0)(owner)
	if v == nil {
		return fmt.Errorf("edit %s: %w", name, errNoZone)
	}
	d.change(v.apex, by, d.server, func(_, next *version) int {
		next.remove(owner, number, keepNone)
		fill(next)
		return mdns.RcodeSuccess
	})
	return nil
}
