package plan

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// Setting is a field that fedroute sets to a value. Others can set it, too.
type Setting struct{ Field, Value string }

// Settings lists the fields that the step sets.
func (s Step) Settings() []Setting {
	var out []Setting
	switch a := s.Act.(type) {
	case PublishFlags:
		for _, f := range a.Flags {
			out = append(out, flagSetting(f))
		}
	case SetSiteRoute:
		out = append(out, routeSetting(a.Protocol, a.Site, a.EdgePool))
	case UpdateDNS:
		for _, ch := range a.Changes {
			if a.Joins.FQDN == "" || ch.To.Type == dns.SRV { // which addresses are set with one that joins is seen only later
				out = append(out, recordSetting(ch.To))
			}
		}
	case AssociateFrontEnd:
		out = append(out, associationSetting(a.Pool, a.EdgePool))
	case StartEdgeServices, RestoreSimpleURLs, AwaitReplication, SetupEdgeServer, RestartEdgeServices, CheckPorts, FailBackFrontEnd, SetNextHop:
		// they set nothing that stays as it was set
	}
	return out
}

func flagSetting(f lync.Flag) Setting {
	return Setting{fmt.Sprintf("%s federation flag (port %d) of Edge pool %s", f.Protocol, f.Protocol.Port(), f.Pool), onOff(f.On)}
}

func routeSetting(protocol lync.Protocol, site, pool string) Setting {
	return Setting{fmt.Sprintf("%s federation route of site %s", protocol, site), pool}
}

func recordSetting(set dns.RRSet) Setting {
	return Setting{fmt.Sprintf("%s %s", set.Name, set.Type), withTTL(set)}
}

func associationSetting(frontEnd, pool string) Setting {
	return Setting{"Edge association of Front End pool " + frontEnd, pool}
}

// ErrContested is in the chain of an obstacle when a step would need a field that is left
// as somebody else sets it (Desired.Left).
var ErrContested = errors.New("somebody else changes it back again and again")

// needs makes the error for a change that is not made because a field that it needs is
// left.
func needs(op, target, field string) error {
	err := fault.New(fault.Refused, op, target, "it needs the "+field+", which somebody else changes back again and again").
		With("it was not changed", "find out who sets that field; see the condition Contested")
	err.Err = ErrContested
	return err
}

// leaves reports whether the field is left as it is.
func (d Desired) leaves(s Setting) bool { return d.Left[s.Field] }

// flagLeftOff reports whether the Edge pool lacks its flag of the protocol, because
// somebody else clears the flag again and again.
func (c comparison) flagLeftOff(p lync.Protocol) bool {
	return !c.d.Pool.Enabled(p) && c.d.leaves(c.d.flag(p))
}

// flag is the Edge pool's own flag of a protocol, set.
func (d Desired) flag(p lync.Protocol) Setting {
	return flagSetting(lync.Flag{Pool: d.Pool.FQDN, Protocol: p, On: true})
}

// keptFrom names a field that is left and that keeps the protocol from the Edge pool; ""
// for none. It is the pool's own flag, or the route of every site. The pool then serves
// nobody for the protocol, so its ports need not answer.
func (c comparison) keptFrom(p lync.Protocol) string {
	if c.flagLeftOff(p) {
		return c.d.flag(p).Field
	}
	kept := ""
	for _, d := range c.d.Protocols {
		for _, site := range d.Sites {
			if d.Protocol != p {
				continue
			}
			s := routeSetting(p, site, c.d.Pool.FQDN)
			if !c.d.leaves(s) || lync.SameHost(c.o.route(site, p), c.d.Pool.FQDN) {
				return ""
			}
			kept = s.Field
		}
	}
	return kept
}
