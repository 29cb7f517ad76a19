// Package partner looks at an organization as another organization's server does, and adds
// up how long it reached nobody.
package partner

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/probe/tcp"
)

// EveryLook is the time between two looks of a partner.
const EveryLook = 250 * time.Millisecond

// Partner is another organization's server. Again and again it looks the SRV record up,
// then the address, and speaks to the port there.
type Partner struct {
	Resolver string
	Domain   string
	// Caches: an answer is used for as long as its TTL says.
	Caches bool
	cache  map[string]answer

	mu    sync.Mutex
	looks map[lync.Protocol][]look
}

type look struct {
	began  time.Time
	served bool
}

type answer struct {
	records []dns.RR
	until   time.Time
}

// Watch looks at both protocols until the context ends.
func (p *Partner) Watch(ctx context.Context) {
	p.cache, p.looks = map[string]answer{}, make(map[lync.Protocol][]look)
	ticker := time.NewTicker(EveryLook)
	defer ticker.Stop()
	for ctx.Err() == nil {
		var both sync.WaitGroup
		for _, protocol := range []lync.Protocol{lync.SIP, lync.XMPP} {
			both.Go(func() {
				began := time.Now()
				served := p.serves(ctx, protocol)
				p.mu.Lock()
				defer p.mu.Unlock()
				if ctx.Err() == nil {
					p.looks[protocol] = append(p.looks[protocol], look{began, served})
				}
			})
		}
		both.Wait()
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// Outage is how long the partner could not speak to the organization: the sum of the times
// from the first look that failed to the next one that did not.
func (p *Partner) Outage(protocol lync.Protocol) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	var total time.Duration
	var since time.Time
	for _, l := range p.looks[protocol] {
		switch {
		case !l.served && since.IsZero():
			since = l.began
		case l.served && !since.IsZero():
			total, since = total+l.began.Sub(since), time.Time{}
		}
	}
	if all := p.looks[protocol]; !since.IsZero() {
		total += all[len(all)-1].began.Sub(since)
	}
	return total
}

func (p *Partner) serves(ctx context.Context, protocol lync.Protocol) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	service := map[lync.Protocol]string{lync.SIP: "_sipfederationtls._tcp.", lync.XMPP: "_xmpp-server._tcp."}[protocol]
	for _, rr := range p.ask(ctx, service+p.Domain, dns.TypeSRV) {
		srv, is := rr.(*dns.SRV)
		if !is {
			continue
		}
		for _, rr := range p.ask(ctx, srv.Target, dns.TypeA) {
			if a, is := rr.(*dns.A); is {
				address, _ := netip.AddrFromSlice(a.A)
				return tcp.Prober{}.Probe(ctx, probe.Target{Address: address.Unmap(), Protocol: protocol, Domain: p.Domain}).Answers()
			}
		}
	}
	return false
}

func (p *Partner) ask(ctx context.Context, name string, rrtype uint16) []dns.RR {
	key := dns.Fqdn(name) + dns.TypeToString[rrtype]
	p.mu.Lock()
	known, cached := p.cache[key]
	p.mu.Unlock()
	if cached && time.Now().Before(known.until) {
		return known.records
	}
	reply, err := dns.ExchangeContext(ctx, new(dns.Msg).SetQuestion(dns.Fqdn(name), rrtype), p.Resolver)
	if err != nil || len(reply.Answer) == 0 {
		return nil
	}
	if p.Caches {
		ttl := slices.MinFunc(reply.Answer, func(a, b dns.RR) int { return int(a.Header().Ttl) - int(b.Header().Ttl) }).Header().Ttl
		p.mu.Lock()
		p.cache[key] = answer{reply.Answer, time.Now().Add(time.Duration(ttl) * time.Second)}
		p.mu.Unlock()
	}
	return reply.Answer
}

// ServedAfter is how long after the time the partner was first served, by both protocols,
// without a failure since; zero where it always was.
func (p *Partner) ServedAfter(from time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last time.Duration
	for _, protocol := range []lync.Protocol{lync.SIP, lync.XMPP} {
		all := p.looks[protocol]
		for i, l := range all {
			if l.served || l.began.Before(from) {
				continue
			}
			end := l.began.Add(EveryLook)
			if i+1 < len(all) {
				end = all[i+1].began
			}
			last = max(last, end.Sub(from))
		}
	}
	return last
}
