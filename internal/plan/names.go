package plan

import (
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
)

// RecordClaim is a record that an intent names. Value is what the record is set to; "" where
// that is not known.
type RecordClaim struct {
	dns.Key
	Value string
}

// RecordClaims lists the records that the intent names, even where Resolve would fail. It
// does not look at the zones. A domain without a host takes the external name of the Edge
// pool. Where that pool is not known, RecordClaims lists every pool's external name that
// fits the domain. The topology may be unknown (zero).
func RecordClaims(in Intent, t lync.Topology) []RecordClaim {
	if in.DNS == nil {
		return nil
	}
	values := map[dns.Key]string{}
	if pool, err := resolvePool(in, t); err == nil {
		wanted, _ := records(in, pool, t) // none where the intent cannot be resolved
		for _, r := range wanted {
			values[r.Key] = withTTL(r.RRSet)
		}
	}
	pools := t.EdgePools
	if named, ok := t.EdgePool(in.EdgePool); ok {
		pools = []lync.EdgePool{named}
	}
	var out []RecordClaim
	listed := map[dns.Key]bool{}
	add := func(name string, types ...dns.Type) {
		for _, kind := range types {
			key := dns.Key{Name: dns.Canonical(name), Type: kind}
			if !listed[key] {
				listed[key] = true
				out = append(out, RecordClaim{key, values[key]})
			}
		}
	}
	for _, p := range in.Protocols {
		for _, domain := range p.Domains {
			add(serviceName(p.Protocol)+domain.Name, dns.SRV)
			for _, host := range hostsOf(domain, p.Protocol, pools) {
				add(host, dns.A, dns.AAAA)
			}
		}
	}
	return out
}

// hostsOf lists the hosts that a domain's SRV record may point to.
func hostsOf(d Domain, p lync.Protocol, pools []lync.EdgePool) []string {
	if d.Host != "" {
		return []string{d.Host}
	}
	var out []string
	for _, pool := range pools {
		if host, err := hostOf(d, p, pool); err == nil {
			out = append(out, host)
		}
	}
	return out
}
