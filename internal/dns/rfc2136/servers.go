package rfc2136

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

const (
	// maxServers is how many name servers, and how many addresses of them, are asked. The
	// root has thirteen and twenty-six.
	maxServers    = 32
	serversAtOnce = 8
)

// errand is one further authoritative server and the keys to ask it for.
type errand struct {
	server string
	keys   []dns.Key
	err    error // not nil: there is no address to ask
}

// otherServers lists the servers besides the primary: the configured ones for
// every key, the discovered ones for the keys of their zones.
func (r *Reader) otherServers(ctx context.Context, primary *session, found map[dns.Key]dns.Lookup) ([]errand, error) {
	keys := map[string][]dns.Key{}
	for _, key := range slices.SortedFunc(maps.Keys(found), compareKeys) {
		if l := found[key]; l.Barrier != dns.BarrierNoZone {
			keys[l.Zone] = append(keys[l.Zone], key)
		}
	}
	var errands []errand
	seen := map[string]bool{primary.server: true, primary.remote(): true}
	for _, server := range r.config.Secondaries {
		if !seen[server] {
			seen[server] = true
			errands = append(errands, errand{server: server, keys: slices.Concat(slices.Collect(maps.Values(keys))...)})
		}
	}
	if r.config.Discovery == DiscoverNone {
		return errands, nil
	}
	discovered, err := r.discover(ctx, primary, keys)
	if err != nil {
		return nil, err
	}
	for _, e := range discovered {
		if !seen[e.server] {
			errands = append(errands, e)
		}
	}
	return errands, nil
}

// remote is the primary's address, by which it is recognized among the discovered
// servers.
func (s *session) remote() string {
	if s.conn == nil {
		return s.server
	}
	return s.conn.RemoteAddr().String()
}

// discover finds the zones' name servers and their addresses as the primary knows them.
func (r *Reader) discover(ctx context.Context, primary *session, keys map[string][]dns.Key) ([]errand, error) {
	hosts, err := nameServers(ctx, primary, slices.Sorted(maps.Keys(keys)))
	if err != nil {
		return nil, err
	}
	names, unasked := atMost(slices.Sorted(maps.Keys(hosts)), "names", primary.server, keys)
	addresses, err := hostAddresses(ctx, primary, names)
	if err != nil {
		return nil, err
	}
	errands := map[string]errand{}
	for _, host := range names {
		for _, e := range r.errandsFor(host, addresses[host]) {
			if known, ok := errands[e.server]; ok {
				e = known // another name of the same server
			}
			for _, zone := range hosts[host] {
				e.keys = append(e.keys, keys[zone]...)
			}
			errands[e.server] = e
		}
	}
	servers, more := atMost(slices.Sorted(maps.Keys(errands)), "addresses", primary.server, keys)
	list := slices.Concat(unasked, more)
	for _, server := range servers {
		e := errands[server]
		slices.SortFunc(e.keys, compareKeys)
		e.keys = slices.Compact(e.keys)
		list = append(list, e)
	}
	return list, nil
}

// atMost gives the first of the servers, and an errand that says that others are not asked.
func atMost(all []string, what, primary string, keys map[string][]dns.Key) (first []string, unasked []errand) {
	if len(all) <= maxServers {
		return all, nil
	}
	err := fault.New(fault.Unsupported, opAsk, primary, fmt.Sprintf("its name servers have %d %s, and %d are asked", len(all), what, maxServers)).
		With("whether the others serve the records is unknown", "correct the zone's NS records, or list the servers to ask in readBackFrom of spec.dns.servers")
	return all[:maxServers], []errand{{server: "the other name servers", err: err, keys: slices.Concat(slices.Collect(maps.Values(keys))...)}}
}

func (r *Reader) errandsFor(host string, addresses []string) []errand {
	if len(addresses) == 0 {
		err := fault.New(fault.Unreachable, "ask DNS server", host, "the primary knows no address of this name server").
			With("whether it serves the records is unknown", "list its address among the zone's secondaries to have it asked")
		return []errand{{server: host, err: err}}
	}
	errands := make([]errand, len(addresses))
	for i, address := range addresses {
		errands[i] = errand{server: net.JoinHostPort(address, strconv.Itoa(r.config.NSPort))}
	}
	return errands
}

// nameServers gives the zones that each name server serves.
func nameServers(ctx context.Context, s *session, zones []string) (map[string][]string, error) {
	questions := make([]question, len(zones))
	for i, zone := range zones {
		questions[i] = question{name: zone, qtype: mdns.TypeNS}
	}
	answers, err := s.ask(ctx, questions)
	if err != nil {
		return nil, fmt.Errorf("find name servers: %w", err)
	}
	hosts := map[string][]string{}
	for i, m := range answers {
		for _, rr := range m.Answer {
			if ns, ok := rr.(*mdns.NS); ok {
				host := dns.Canonical(ns.Ns)
				hosts[host] = append(hosts[host], zones[i])
			}
		}
	}
	return hosts, nil
}

// hostAddresses gives the addresses of hosts as far as the server knows them.
func hostAddresses(ctx context.Context, s *session, hosts []string) (map[string][]string, error) {
	var questions []question
	for _, host := range hosts {
		questions = append(questions, question{host, mdns.TypeA}, question{host, mdns.TypeAAAA})
	}
	answers, err := s.ask(ctx, questions)
	if err != nil {
		return nil, fmt.Errorf("find name servers' addresses: %w", err)
	}
	addresses := map[string][]string{}
	for i, m := range answers {
		for _, rr := range m.Answer {
			if t := rr.Header().Rrtype; (t == mdns.TypeA || t == mdns.TypeAAAA) && rr.Header().Rdlength > 0 {
				addresses[questions[i].name] = append(addresses[questions[i].name], valueOf(rr))
			}
		}
	}
	return addresses, nil
}

// serverViews are the answers of one server about its keys.
type serverViews struct {
	server string
	views  map[dns.Key]dns.ServerView
}

// askAll asks all errands' servers at the same time.
func (r *Reader) askAll(ctx context.Context, errands []errand) ([]serverViews, error) {
	all := make([]serverViews, len(errands))
	var group contain.Group
	group.SetLimit(serversAtOnce)
	for i, e := range errands {
		group.Go(opAsk, e.server, func() error {
			all[i] = r.run(ctx, e)
			return nil
		})
	}
	err := group.Wait() // run keeps its own errors in the views
	return all, err
}

const opAsk = "ask DNS server"

func (r *Reader) run(ctx context.Context, e errand) serverViews {
	views := make(map[dns.Key]dns.ServerView, len(e.keys))
	var replies map[dns.Key]reply
	err := e.err
	if err == nil {
		err = r.inTurn(ctx, e.server, func(ctx context.Context) error {
			s := newSession(r.config, e.server)
			defer s.close()
			replies, err = askKeys(ctx, s, e.keys)
			return err
		})
	}
	for _, key := range e.keys {
		view := dns.ServerView{Server: e.server, Set: dns.RRSet{Key: key}, Err: err}
		if reply := replies[key]; err == nil && reply.lame == "" {
			view.Set = reply.set
		} else if err == nil {
			view.Err = fault.New(fault.Invalid, opAsk, e.server, reply.lame).
				With("whether it serves the records is unknown", "make it serve the zone or take it out of the zone's NS records")
		}
		views[key] = view
	}
	return serverViews{e.server, views}
}

// addViews puts the other servers' views behind the primary's.
func addViews(found map[dns.Key]dns.Lookup, all []serverViews) {
	for _, sv := range all {
		for key, view := range sv.views {
			l := found[key]
			l.Servers = append(l.Servers, view)
			found[key] = l
		}
	}
}
