package status_test

import (
	"net/netip"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/status"
)

var (
	now    = time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	record = dns.RRSet{Key: dns.Key{Name: "sip.contoso.com", Type: dns.A}, TTL: 300, Data: []string{"192.0.2.1"}}
	target = probe.Target{Address: netip.MustParseAddr("192.0.2.1"), Protocol: lync.SIP, Domain: "contoso.com"}
	// far is the SRV record of a host that lies two labels below its domain.
	far = plan.Record{Zone: "contoso.com", Protocols: []lync.Protocol{lync.SIP},
		RRSet: dns.RRSet{Key: dns.Key{Name: "_sipfederationtls._tcp.contoso.com", Type: dns.SRV}, TTL: 300, Data: []string{"0 0 5061 sip.emea.contoso.com"}}}
	steps = []plan.Step{
		{Act: plan.SetSiteRoute{}, Target: "SIP route of site Redmond", From: "edge2.contoso.com", To: "edge1.contoso.com"},
		{Act: plan.CheckPorts{}, Target: "192.0.2.1 port 5061", To: "answers"},
		{Act: plan.UpdateDNS{}, Target: "zone contoso.com", From: "a", To: "b"},
	}
)

// inSync gives the facts of a route over edge1 with no steps left.
func inSync() status.Facts {
	return status.Facts{
		Now: now, Generation: 7, RequestedAt: "please",
		Spec: v1alpha1.FederationRouteSpec{EdgePool: "edge1.contoso.com", SIP: &v1alpha1.ProtocolRoute{}, XMPP: &v1alpha1.ProtocolRoute{},
			DNS: &v1alpha1.DNS{}, FrontEndPools: []v1alpha1.FrontEndPoolRoute{{FQDN: "fe1.contoso.com"}}},
		Desired: plan.Desired{
			Protocols: []plan.DesiredProtocol{{Protocol: lync.SIP, Sites: []string{"Redmond"}}, {Protocol: lync.XMPP, Sites: []string{"Redmond"}}},
			Records:   []plan.Record{{Zone: "contoso.com", RRSet: record}}, Targets: []probe.Target{target},
		},
		Observed: plan.Observed{
			Topology: lync.Topology{EdgePools: []lync.EdgePool{{FQDN: "edge1.contoso.com"}, {FQDN: "edge2.contoso.com"}},
				Sites: []lync.Site{{Name: "Redmond", SIPRoute: "edge1.contoso.com", XMPPRoute: "edge2.contoso.com"}}},
			Records: map[dns.Key]lync.Part[dns.Lookup]{record.Key: {Value: dns.Lookup{Set: record, Servers: []dns.ServerView{{Server: "ns1:53", Set: record}, {Server: "ns2:53", Set: record}}}}},
			Ports:   map[probe.Target]probe.Reading{target: {Target: target, Open: true, Spoke: true}},
		},
	}
}

// server sets the secondary DNS server's answer.
func server(f *status.Facts, set dns.RRSet, err error) {
	l := f.Observed.Records[record.Key].Value
	l.Servers = []dns.ServerView{l.Servers[0], {Server: "ns2:53", Set: set, Err: err}}
	f.Observed.Records[record.Key] = lync.Part[dns.Lookup]{Value: l}
}

// drifted gives the facts a plan of three steps.
func drifted(f *status.Facts) {
	f.Plan = plan.Plan{ID: "sha256-1", Steps: steps, Differences: []plan.Difference{
		{Aspect: plan.AspectSIP, Field: "SIP federation route of site Redmond", Wanted: "edge1.contoso.com", Found: "edge2.contoso.com"},
		{Aspect: plan.AspectDNS, Field: "sip.contoso.com A", Wanted: "192.0.2.1", Found: "192.0.2.2"},
	}}
}

// ran gives the facts a run whose steps have the states.
func ran(f *status.Facts, err error, states ...apply.State) {
	f.Run = &status.RunFacts{PlanID: "sha256-1", Err: err}
	for i, s := range states {
		e := apply.Entry{Step: steps[i], State: s, Started: now.Add(time.Duration(i) * time.Minute)}
		switch s {
		case apply.Failed:
			e.Message, e.Fault = "it broke", fault.KindOf(err)
			e.Ended = e.Started.Add(30 * time.Second)
		case apply.Done, apply.Skipped:
			e.Ended = e.Started.Add(30 * time.Second)
		case apply.Running:
			e.Message = "connection refused"
			f.Run.Active = true
		}
		f.Run.Entries = append(f.Run.Entries, e)
	}
}

// obstacle adds an obstacle to a part of the plan: a fault without effect and next action.
func obstacle(f *status.Facts, aspect plan.Aspect, kind fault.Kind) {
	f.Plan.Obstacles = append(f.Plan.Obstacles, plan.Obstacle{Aspect: aspect, Err: fault.New(kind, "look at", "it", "something happened")})
}

func condition(all []metav1.Condition, kind string) metav1.Condition {
	for _, c := range all {
		if c.Type == kind {
			return c
		}
	}
	return metav1.Condition{Type: kind, Status: "absent"}
}
