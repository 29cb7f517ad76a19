package sim

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// watch notes every change of a zone in the farm's journal. It also checks I1: a
// signed update must not lead partners to a host that does not answer.
func (n *nameService) watch(e dns.Entry) {
	actor := farm.Actor{User: e.By, Machine: e.Server, Command: "DNS update"}
	if e.Server == "" {
		actor.Command = "edit by hand"
	}
	gone, come := changed(e)
	n.farm.Note(farm.Entry{Actor: actor, Object: "Zone:" + e.Zone, From: strings.Join(gone, "; "), To: strings.Join(come, "; ")})
	if e.Server == "" {
		return
	}
	for _, target := range n.touched(come) {
		if !n.answers(target) {
			n.farm.Report(farm.Violation{
				Invariant: "I1", Actor: actor,
				Detail: fmt.Sprintf("DNS now leads partners to %s port %d, where nobody answers", target.host, target.port),
			})
		}
	}
}

// target is the host and port to which a federation SRV record points.
type target struct {
	host string
	port uint16
}

func changed(e dns.Entry) (gone, come []string) {
	for _, c := range e.Changes {
		if strings.Contains(c, " SOA ") {
			continue
		}
		if line, ok := strings.CutPrefix(c, "+"); ok {
			come = append(come, line)
		} else {
			gone = append(gone, strings.TrimPrefix(c, "-"))
		}
	}
	return gone, come
}

// touched gives the federation targets that new records point to or give an address.
func (n *nameService) touched(come []string) []target {
	hosts := map[string]bool{}
	for _, line := range come {
		f := strings.Fields(line) // name ttl type data…
		switch {
		case len(f) == 7 && f[2] == "SRV":
			hosts[hostKey(f[6])] = true
		case len(f) == 4 && (f[2] == "A" || f[2] == "AAAA"):
			hosts[hostKey(f[0])] = true
		}
	}
	var out []target
	for _, t := range n.targets() {
		if hosts[hostKey(t.host)] {
			out = append(out, t)
		}
	}
	return out
}

// targets lists where the federation SRV records of all domains point now. Of a set only
// the records of the lowest priority count: partners ask these first (RFC 2782), and the
// others are for the time when no host of these answers.
func (n *nameService) targets() []target {
	spec := n.farm.Spec()
	var out []target
	add := func(domains []string, service string) {
		for _, d := range domains {
			out = append(out, first(n.authority.Lookup(service+"."+d, "SRV"))...)
		}
	}
	add(spec.SIPDomains, "_sipfederationtls._tcp")
	add(spec.XMPPDomains, "_xmpp-server._tcp")
	return out
}

// first gives the targets of a set's SRV records that partners ask first.
func first(set []string) []target {
	var out []target
	lowest := uint64(1 << 16)
	for _, data := range set {
		f := strings.Fields(data) // priority weight port host
		if len(f) != 4 {
			continue
		}
		priority, err := strconv.ParseUint(f[0], 10, 16)
		port, bad := strconv.ParseUint(f[2], 10, 16)
		if err != nil || bad != nil || priority > lowest {
			continue
		}
		if priority < lowest {
			lowest, out = priority, nil
		}
		out = append(out, target{strings.TrimSuffix(f[3], "."), uint16(port)})
	}
	return out
}

// answers reports whether a partner reaches at least one of the host's addresses. It
// is true for a host without addresses in the organization's zones, because the
// organization does not run that host.
func (n *nameService) answers(t target) bool {
	values := append(n.authority.Lookup(t.host, "A"), n.authority.Lookup(t.host, "AAAA")...)
	if len(values) == 0 {
		return true
	}
	for _, v := range values {
		addr, err := netip.ParseAddr(v)
		if err != nil {
			continue
		}
		for _, l := range n.farm.Reachable() {
			if l.Public == addr && l.Port == t.port {
				return true
			}
		}
	}
	return false
}

func hostKey(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
