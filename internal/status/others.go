package status

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// Federating lists, by protocol, the Edge pools that the spec lets federate.
func Federating(spec v1alpha1.FederationRouteSpec) map[lync.Protocol][]string {
	pools := []string{string(spec.EdgePool)}
	for _, pool := range spec.Prepare {
		pools = append(pools, string(pool))
	}
	out := make(map[lync.Protocol][]string)
	if spec.SIP != nil {
		out[lync.SIP] = pools
	}
	if spec.XMPP != nil {
		out[lync.XMPP] = pools
	}
	return out
}

// otherPools says which Edge pools carry the flag of a protocol of this route, and are named
// by no route, nor by a step of the plan that clears the flag; "" for none.
func otherPools(f Facts) string {
	var texts []string
	for _, p := range f.Desired.Protocols {
		var pools []string
		for _, pool := range f.Observed.Topology.EdgePools {
			if pool.Enabled(p.Protocol) && !f.maySpeak(pool.FQDN, p.Protocol) && !f.clears(pool.FQDN, p.Protocol) {
				pools = append(pools, pool.FQDN)
			}
		}
		if len(pools) > 0 {
			texts = append(texts, fmt.Sprintf("%s (port %d): %s", p.Protocol, p.Protocol.Port(), strings.Join(pools, ", ")))
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "Edge pools carry the federation flag, and no route names them: " + strings.Join(texts, "; ") +
		"; partners may be refused or served there; clear the check box in Topology Builder, or list the pool under spec.standbyEdgePools or spec.prepare"
}

// maySpeak reports whether a route lets the pool federate over the protocol.
func (f Facts) maySpeak(pool string, p lync.Protocol) bool {
	return lync.SameHost(f.Desired.Pool.FQDN, pool) || lync.ContainsHost(Federating(f.Spec)[p], pool) || lync.ContainsHost(f.Others[p], pool)
}

// clears reports whether a step of the plan clears the pool's flag. The step may wait: a
// pool that drains carries its flag on purpose.
func (f Facts) clears(pool string, p lync.Protocol) bool {
	return slices.ContainsFunc(f.Plan.Steps, func(s plan.Step) bool {
		act, ok := s.Act.(plan.PublishFlags)
		return ok && slices.ContainsFunc(act.Flags, func(flag lync.Flag) bool {
			return !flag.On && flag.Protocol == p && lync.SameHost(flag.Pool, pool)
		})
	})
}

// tellOthers sets or removes the condition that names Edge pools that no route names.
func (c conditions) tellOthers(f Facts) {
	c.tell(v1alpha1.ConditionOtherPoolFederates, v1alpha1.ReasonOtherPoolFederates, otherPools(f))
}
