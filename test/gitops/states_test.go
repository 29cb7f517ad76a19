package gitops_test

import (
	"net/netip"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/guard"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/status"
)

const generation = 2

var (
	record = dns.RRSet{Key: dns.Key{Name: "sip.contoso.com", Type: dns.A}, TTL: 300, Data: []string{"192.0.2.1"}}
	target = probe.Target{Address: netip.MustParseAddr("192.0.2.1"), Protocol: lync.SIP, Domain: "contoso.com"}
	step   = plan.Step{Act: plan.SetSiteRoute{}, Target: "SIP route of site Redmond", From: "edge2.contoso.com", To: "edge1.contoso.com"}
)

// happening changes the facts of a route. Before the change, edge1 hosts federation as the
// spec says.
type happening func(*status.Facts)

// world returns those facts with the happening applied.
func world(happened ...happening) status.Facts {
	f := status.Facts{
		Now: time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC), Generation: generation,
		Spec: v1alpha1.FederationRouteSpec{EdgePool: "edge1.contoso.com", SIP: &v1alpha1.ProtocolRoute{}, DNS: &v1alpha1.DNS{}},
		Desired: plan.Desired{
			Protocols: []plan.DesiredProtocol{{Protocol: lync.SIP, Sites: []string{"Redmond"}}},
			Records:   []plan.Record{{Zone: "contoso.com", RRSet: record}}, Targets: []probe.Target{target},
		},
		Observed: plan.Observed{
			Topology: lync.Topology{EdgePools: []lync.EdgePool{{FQDN: "edge1.contoso.com"}}, Sites: []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com"}}},
			Records:  map[dns.Key]lync.Part[dns.Lookup]{record.Key: {Value: dns.Lookup{Set: record, Servers: []dns.ServerView{{Server: "ns1.contoso.com:53", Set: record}}}}},
			Ports:    map[probe.Target]probe.Reading{target: {Target: target, Open: true, Spoke: true}},
		},
	}
	for _, change := range happened {
		change(&f)
	}
	return f
}

func unchanged(*status.Facts) {}

func suspended(f *status.Facts) { f.Spec.Suspend = true }

func unread(err error) happening {
	return func(f *status.Facts) { f.Desired, f.Observed, f.Err = plan.Desired{}, plan.Observed{}, err }
}

func fails(kind fault.Kind) happening {
	return unread(fault.New(kind, "read", "fe1.contoso.com", "something happened"))
}

func lacks(reason string) happening {
	return unread(&status.Missing{Reason: reason, Message: "it is not there; the route waits; make it"})
}

func hosted(f *status.Facts) { f.Plan.Obstacles[0].Err.(*fault.Error).Err = plan.ErrHosted }

func foreign(f *status.Facts) { f.Plan.Obstacles[0].Err.(*fault.Error).Err = plan.ErrForeign }

func created(f *status.Facts) { f.Created = f.Now }

func planned(f *status.Facts) {
	f.Plan = plan.Plan{ID: "sha256-0123456789abcdef", Steps: []plan.Step{step}}
}

func held(reason guard.Reason) happening {
	return func(f *status.Facts) {
		planned(f)
		f.Verdict = guard.Verdict{Reason: reason, Message: "1 step is to be taken; it waits; decide"}
	}
}

func obstacle(aspect plan.Aspect, kind fault.Kind) happening {
	return func(f *status.Facts) {
		f.Plan.Obstacles = append(f.Plan.Obstacles, plan.Obstacle{Aspect: aspect, Err: fault.New(kind, "look at", "it", "something happened")})
	}
}

func running(f *status.Facts) {
	planned(f)
	f.Run = &status.RunFacts{PlanID: f.Plan.ID, Active: true, Entries: []apply.Entry{{Step: step, State: apply.Running}}}
}

func failed(f *status.Facts) {
	planned(f)
	f.Run = &status.RunFacts{PlanID: f.Plan.ID, Err: fault.New(fault.Failed, "set", step.Target, "it broke"), Entries: []apply.Entry{{Step: step, State: apply.Failed}}}
}

func closed(f *status.Facts) {
	f.Observed.Ports[target] = probe.Reading{Target: target, Detail: "connection refused"}
}

func undone(f *status.Facts) { f.Undone = &v1alpha1.UndoneMove{Message: "no answer"} }

func contested(f *status.Facts) {
	f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectDNS, Field: "fed.contoso.com A", Wanted: "192.0.2.1", Found: "192.0.2.2", Settable: true}}
	f.Desired.Left = map[string]bool{"fed.contoso.com A": true}
}

func drains(f *status.Facts) {
	f.Plan = plan.Plan{Steps: []plan.Step{{Stage: plan.Leaving, Act: plan.PublishFlags{}}}, Pauses: []plan.Pause{{Stage: plan.Leaving}}}
}

func secondaryLags(f *status.Facts) {
	f.Observed.Records[record.Key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: record, Servers: []dns.ServerView{{Server: "ns2.contoso.com:53"}}}}
}

// states are the rows of the page, by state and reason of Ready.
func states() map[string]map[string]status.Facts {
	return map[string]map[string]status.Facts{
		"federation is as the spec says":      {v1alpha1.ReasonInSync: world(unchanged), v1alpha1.ReasonSuspended: world(suspended), v1alpha1.ReasonDraining: world(drains)},
		"mode Observe, and something differs": {v1alpha1.ReasonDrifted: world(held(guard.Observing))},
		"a plan is carried out, or begins by itself": {
			v1alpha1.ReasonPlanned: world(planned), v1alpha1.ReasonProgressing: world(running), v1alpha1.ReasonBusy: world(fails(fault.Busy))},
		"something that the object names may be on its way, in the first minute of the object": {
			v1alpha1.ReasonTopologyMissing: world(lacks(v1alpha1.ReasonTopologyMissing), created), v1alpha1.ReasonSecretMissing: world(lacks(v1alpha1.ReasonSecretMissing), created)},
		"time may end it, or the next try": {
			v1alpha1.ReasonNotObserved: world(lacks(v1alpha1.ReasonNotObserved)), v1alpha1.ReasonUnreachable: world(fails(fault.Unreachable)),
			v1alpha1.ReasonPropagating: world(secondaryLags), v1alpha1.ReasonWorldChanged: world(fails(fault.WorldChanged)),
			v1alpha1.ReasonOutcomeUnknown: world(fails(fault.OutcomeUnknown)), v1alpha1.ReasonStepFailed: world(failed)},
		"a person is waited for": {
			v1alpha1.ReasonAwaitingApproval: world(held(guard.AwaitingApproval)), v1alpha1.ReasonSuspended: world(held(guard.Suspended)),
			v1alpha1.ReasonAwaitingPerson: world(obstacle(plan.AspectSIP, fault.Refused))},
		"the active pool is dead": {
			v1alpha1.ReasonPortsClosed: world(closed), v1alpha1.ReasonUnreachable: world(closed, obstacle(plan.AspectServices, fault.Unreachable)),
			v1alpha1.ReasonStepFailed: world(closed, failed), v1alpha1.ReasonDrifted: world(closed, held(guard.Observing))},
		"only a person can help": {
			v1alpha1.ReasonConflict: world(held(guard.Conflict)), v1alpha1.ReasonTopologyMissing: world(lacks(v1alpha1.ReasonTopologyMissing)),
			v1alpha1.ReasonSecretMissing: world(lacks(v1alpha1.ReasonSecretMissing)), v1alpha1.ReasonNameBlocked: world(obstacle(plan.AspectDNS, fault.Refused)),
			v1alpha1.ReasonHostedFederation: world(obstacle(plan.AspectDNS, fault.Refused), hosted),
			v1alpha1.ReasonForeignRecords:   world(obstacle(plan.AspectDNS, fault.Refused), foreign),
			v1alpha1.ReasonDenied:           world(fails(fault.Denied)), v1alpha1.ReasonSecondHop: world(fails(fault.SecondHop)), v1alpha1.ReasonRightsMissing: world(fails(fault.RightsMissing)),
			v1alpha1.ReasonRefused: world(fails(fault.Refused)), v1alpha1.ReasonInvalid: world(fails(fault.Invalid)),
			v1alpha1.ReasonUnsupported: world(fails(fault.Unsupported)), v1alpha1.ReasonInternal: world(fails(fault.Internal)),
			v1alpha1.ReasonMoveUndone: world(undone), v1alpha1.ReasonContested: world(contested)},
	}
}
