package status_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
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

// partCase is a route and one of its conditions.
type partCase struct {
	reason string
	change func(*status.Facts)
	kind   string
	state  metav1.ConditionStatus
	why    string
	says   string
}

func partCases() map[string]partCase {
	const yes, no, unknown, absent = metav1.ConditionTrue, metav1.ConditionFalse, metav1.ConditionUnknown, metav1.ConditionStatus("absent")
	return map[string]partCase{
		"SIP routed":           {"nothing differs", func(*status.Facts) {}, v1alpha1.ConditionSIPRouted, yes, v1alpha1.ReasonInSync, "edge1.contoso.com"},
		"XMPP routed":          {"nothing differs", func(*status.Facts) {}, v1alpha1.ConditionXMPPRouted, yes, v1alpha1.ReasonInSync, "edge1.contoso.com"},
		"XMPP not managed":     {"what the spec leaves out has no condition", func(f *status.Facts) { f.Spec.XMPP = nil }, v1alpha1.ConditionXMPPRouted, absent, "", ""},
		"DNS not managed":      {"what the spec leaves out has no condition", func(f *status.Facts) { f.Spec.DNS = nil }, v1alpha1.ConditionDNSPublished, absent, "", ""},
		"no Front End pools":   {"what the spec leaves out has no condition", func(f *status.Facts) { f.Spec.FrontEndPools = nil }, v1alpha1.ConditionFrontEndsAssociated, absent, "", ""},
		"Front Ends":           {"nothing differs", func(*status.Facts) {}, v1alpha1.ConditionFrontEndsAssociated, yes, v1alpha1.ReasonInSync, "edge1.contoso.com"},
		"standby prepared":     {"nothing differs", standby, v1alpha1.ConditionStandbyPrepared, yes, v1alpha1.ReasonInSync, "ready to take federation over"},
		"no pool to prepare":   {"what the spec leaves out has no condition", func(*status.Facts) {}, v1alpha1.ConditionStandbyPrepared, absent, "", ""},
		"standby unread":       {"unknown is not ready", standbyDead, v1alpha1.ConditionStandbyPrepared, unknown, v1alpha1.ReasonUnreachable, "edge2.contoso.com: connection refused"},
		"federation beside it": {"it runs without the standby pool", standbyDead, v1alpha1.ConditionReady, yes, v1alpha1.ReasonInSync, "a pool of spec.prepare is not ready, see StandbyPrepared"},
		"Front Ends beside it": {"another part's wait is not this one's", standbyDead, v1alpha1.ConditionFrontEndsAssociated, yes, v1alpha1.ReasonInSync, ""},
		"standby lost its flag": {"what differs is named", func(f *status.Facts) {
			standby(f)
			f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectStandby, Field: "SIP federation flag (port 5061) of Edge pool edge2.contoso.com", Wanted: "on", Found: "off"}}
		}, v1alpha1.ConditionStandbyPrepared, no, v1alpha1.ReasonPlanned, "of Edge pool edge2.contoso.com is off, wanted on"},
		"standby not set up": {"why it is not", func(f *status.Facts) {
			standby(f)
			f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectStandby, Field: "setup of Edge server edge2.contoso.com", Wanted: "port 5061", Found: "not installed"}}
			ran(f, fault.New(fault.Failed, "set up", "edge2.contoso.com", "it broke"), apply.Failed)
			f.Run.Entries[0].Step = plan.Step{Act: plan.SetupEdgeServer{Server: f.Desired.Prepare[0].Servers[0]}}
		}, v1alpha1.ConditionStandbyPrepared, no, v1alpha1.ReasonStepFailed, "it broke"},
		"failback in the plan": {"what a plan is about to do is not done", func(f *status.Facts) {
			f.Plan.Steps = []plan.Step{{Act: plan.FailBackFrontEnd{Pool: "fe1.contoso.com"}}}
		}, v1alpha1.ConditionFrontEndsAssociated, no, v1alpha1.ReasonFailBackWaits, "fe1.contoso.com is failed over; the plan fails it back"},
		"failback waits": {"cause, effect and next action", failBackWaits, v1alpha1.ConditionFrontEndsAssociated, no, v1alpha1.ReasonFailBackWaits, "fe1a.contoso.com (no replica is known); it stays failed over, and nothing else waits for it; bring them up"},
		"left failed over": {"a person's act is told and is no fault", func(f *status.Facts) { f.Plan.LeftFailedOver = []string{"fe1.contoso.com", "fe2.contoso.com"} },
			v1alpha1.ConditionFrontEndsAssociated, yes, v1alpha1.ReasonInSync, "use edge1.contoso.com; failed over outside a move of the Edge pool and left so: fe1.contoso.com, fe2.contoso.com; to fail one back"},
		"request refused": {"who asked is answered", func(f *status.Facts) {
			f.FailBack = status.FailBackRequest{Text: "x", Err: fault.New(fault.Invalid, "read", "the request", "no time")}
		}, v1alpha1.ConditionFrontEndsAssociated, no, v1alpha1.ReasonInvalid, "no time"},
		"request refused, no pool listed": {"also where the route has no such part", func(f *status.Facts) {
			f.Spec.FrontEndPools = nil
			f.FailBack = status.FailBackRequest{Text: "x", Err: fault.New(fault.Invalid, "read", "the request", "no time")}
		}, v1alpha1.ConditionFrontEndsAssociated, no, v1alpha1.ReasonInvalid, "no time"},
		"request ahead of time": {"time ends that", func(f *status.Facts) {
			f.FailBack = status.FailBackRequest{Text: "x", Err: fault.New(fault.Busy, "read", "the request", "it has not come")}
		}, v1alpha1.ConditionFrontEndsAssociated, no, v1alpha1.ReasonFailBackWaits, "it has not come"},
		"drifted, and a failback waits": {"both are told", func(f *status.Facts) {
			failBackWaits(f)
			f.Plan.Differences = []plan.Difference{{Aspect: plan.AspectFrontEnds, Field: "Edge association", Wanted: "edge1", Found: "edge2"}}
		}, v1alpha1.ConditionFrontEndsAssociated, no, v1alpha1.ReasonDrifted, "wanted edge1; fail back Front End pool"},
		"SIP drifted":        {"each difference is named", drifted, v1alpha1.ConditionSIPRouted, no, v1alpha1.ReasonDrifted, "SIP federation route of site Redmond is edge2.contoso.com, wanted edge1.contoso.com"},
		"XMPP beside it":     {"another part's difference is not this one's", drifted, v1alpha1.ConditionXMPPRouted, yes, v1alpha1.ReasonInSync, ""},
		"drifted, run begun": {"it may be repaired while this is read", func(f *status.Facts) { drifted(f); ran(f, nil, apply.Running) }, v1alpha1.ConditionSIPRouted, no, v1alpha1.ReasonDrifted, "SIP federation route of site Redmond was edge2.contoso.com when the plan began, wanted edge1.contoso.com"},
		"person's flags":     {"a person was asked", func(f *status.Facts) { obstacle(f, plan.AspectSIP, fault.Refused) }, v1alpha1.ConditionSIPRouted, no, v1alpha1.ReasonAwaitingPerson, "something happened"},
		"DNS published":      {"all authoritative servers agree", func(*status.Facts) {}, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync, "every authoritative server shows the records"},
		"far host": {"partners may refuse it", func(f *status.Facts) {
			f.Desired.Records = append(f.Desired.Records, far)
			f.Observed.Records[far.Key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: far.RRSet, Servers: []dns.ServerView{{Server: "ns1:53", Set: far.RRSet}}}}
		}, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync,
			"every authoritative server shows the records; sip.emea.contoso.com lies more than one label below contoso.com: partners were reported to refuse such a host (ms-diagnostics 1009); choose one right below the domain"},
		"another certificate": {"the services were not restarted since it was assigned", func(f *status.Facts) {
			f.Desired.Pool = lync.EdgePool{FQDN: "edge1.contoso.com", Servers: []lync.EdgeServer{{FQDN: "edge1a.contoso.com", ExternalAddresses: []netip.Addr{target.Address}}}}
			f.Observed.Certificates = map[lync.Host]lync.Part[lync.Certificate]{"edge1a.contoso.com": {Value: lync.Certificate{Thumbprint: "AB12"}}}
			f.Observed.Ports[target] = probe.Reading{Target: target, Open: true, Spoke: true, Thumbprint: "CD34"}
		}, v1alpha1.ConditionPortsOpen, yes, v1alpha1.ReasonInSync, "answers; partners see another certificate than is assigned at port 5061 of edge1a.contoso.com (192.0.2.1): restart the services"},
		"the assigned certificate": {"nothing to say", func(f *status.Facts) {
			f.Desired.Pool = lync.EdgePool{FQDN: "edge1.contoso.com", Servers: []lync.EdgeServer{{FQDN: "edge1a.contoso.com", ExternalAddresses: []netip.Addr{target.Address}}}}
			f.Observed.Certificates = map[lync.Host]lync.Part[lync.Certificate]{"edge1a.contoso.com": {Value: lync.Certificate{Thumbprint: "CD34"}}}
			f.Observed.Ports[target] = probe.Reading{Target: target, Open: true, Spoke: true, Thumbprint: "CD34"}
		}, v1alpha1.ConditionPortsOpen, yes, v1alpha1.ReasonInSync, ""},
		"DNS refused": {"why a zone was not changed", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Denied, "change zone", "contoso.com", "it broke"), apply.Pending, apply.Pending, apply.Failed)
		}, v1alpha1.ConditionDNSPublished, no, v1alpha1.ReasonDenied, "it broke"},
		"DNS, other step failed": {"a run that did not come that far says nothing of DNS", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Failed, "set", "route", "it broke"), apply.Failed, apply.Pending, apply.Pending)
		}, v1alpha1.ConditionDNSPublished, no, v1alpha1.ReasonDrifted, "sip.contoso.com A is 192.0.2.2"},
		"DNS read back": {"a reply that nobody could verify was confirmed by looking", func(f *status.Facts) {
			ran(f, nil, apply.Done, apply.Done, apply.Done)
			f.Run.Entries[2].Message = "the signature of the server's reply did not verify; confirmed by reading back"
		}, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync, "every authoritative server shows the records; when zone contoso.com was updated the signature of the server's reply did not verify; confirmed by reading back"},
		"DNS read back, many records": {"a zone is named once", func(f *status.Facts) {
			ran(f, nil, apply.Done, apply.Done, apply.Done)
			f.Run.Entries[2].Message = "no answer came; confirmed by reading back"
			other := dns.RRSet{Key: dns.Key{Name: "xmpp.contoso.com", Type: dns.A}, TTL: 300, Data: []string{"192.0.2.1"}}
			f.Desired.Records = append(f.Desired.Records, plan.Record{Zone: "contoso.com", RRSet: other})
			f.Observed.Records[other.Key] = lync.Part[dns.Lookup]{Value: dns.Lookup{Set: other, Servers: []dns.ServerView{{Server: "ns1:53", Set: other}}}}
		}, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync, "every authoritative server shows the records; when zone contoso.com was updated no answer came; confirmed by reading back"},
		"DNS failed once, and is as wanted": {"somebody has mended it", func(f *status.Facts) {
			ran(f, fault.New(fault.Denied, "change zone", "contoso.com", "it broke"), apply.Done, apply.Done, apply.Failed)
		}, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync, "every authoritative server shows the records"},
		"links failed once, and are as wanted": {"somebody has mended it", func(f *status.Facts) {
			ran(f, fault.New(fault.Failed, "associate", "fe1.contoso.com", "it broke"), apply.Failed)
			f.Run.Entries[0].Step.Act = plan.AssociateFrontEnd{Pool: "fe1.contoso.com"}
		}, v1alpha1.ConditionFrontEndsAssociated, yes, v1alpha1.ReasonInSync, "use edge1.contoso.com"},
		"standby failed once, and is ready": {"somebody has mended it", func(f *status.Facts) {
			standby(f)
			ran(f, fault.New(fault.Failed, "set up", "edge2.contoso.com", "it broke"), apply.Failed)
			f.Run.Entries[0].Step = plan.Step{Act: plan.SetupEdgeServer{Server: f.Desired.Prepare[0].Servers[0]}}
		}, v1alpha1.ConditionStandbyPrepared, yes, v1alpha1.ReasonInSync, "ready to take federation over"},
		"ports open, run begun": {"nothing is to be said of ports that answer", func(f *status.Facts) { drifted(f); ran(f, nil, apply.Running) }, v1alpha1.ConditionPortsOpen, yes, v1alpha1.ReasonInSync, "every external address"},
		"secondary lags":        {"partners may ask that one", func(f *status.Facts) { server(f, dns.RRSet{}, nil) }, v1alpha1.ConditionDNSPublished, no, v1alpha1.ReasonPropagating, "ns2:53 does not show"},
		"one of each": {"who is named as lagging was asked", func(f *status.Facts) {
			server(f, dns.RRSet{}, nil)
			l := f.Observed.Records[record.Key]
			l.Value.Servers = append(l.Value.Servers, dns.ServerView{Server: "ns3:53", Err: errors.New("boom")})
			f.Observed.Records[record.Key] = l
		}, v1alpha1.ConditionDNSPublished, no, v1alpha1.ReasonPropagating, "the primary has the records, ns2:53 does not show sip.contoso.com A yet; some partners"},
		"secondary silent": {"nobody knows, so it is named and holds nobody up", func(f *status.Facts) {
			server(f, dns.RRSet{}, fault.New(fault.Unreachable, "ask", "ns2:53", "no answer in time"))
		}, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync, "as far as they can be asked; ns2:53 cannot be asked (no answer in time); what partners see there is unknown; it is asked again"},
		"secondary silent too": {"an error without words of ours is told as well", func(f *status.Facts) { server(f, dns.RRSet{}, errors.New("boom")) }, v1alpha1.ConditionDNSPublished, yes, v1alpha1.ReasonInSync, "(boom)"},
		"name blocked":         {"an obstacle outranks a difference", func(f *status.Facts) { drifted(f); obstacle(f, plan.AspectDNS, fault.Refused) }, v1alpha1.ConditionDNSPublished, no, v1alpha1.ReasonNameBlocked, ""},
		"zone unreachable":     {"unknown is not false", func(f *status.Facts) { obstacle(f, plan.AspectDNS, fault.Unreachable) }, v1alpha1.ConditionDNSPublished, unknown, v1alpha1.ReasonUnreachable, ""},
		"zone denied":          {"unknown is not false", func(f *status.Facts) { obstacle(f, plan.AspectDNS, fault.Denied) }, v1alpha1.ConditionDNSPublished, unknown, v1alpha1.ReasonDenied, ""},
		"ports open":           {"every address answers", func(*status.Facts) {}, v1alpha1.ConditionPortsOpen, yes, v1alpha1.ReasonInSync, "edge1.contoso.com"},
		"ports closed":         {"the same sentence as Ready's", closed, v1alpha1.ConditionPortsOpen, no, v1alpha1.ReasonPortsClosed, "port 5061 of 192.0.2.1: connection refused; partners may not get through; look"},
		"ports hollow": {"a load balancer without members accepts every connection", func(f *status.Facts) {
			f.Observed.Ports[target] = probe.Reading{Target: target, Open: true, Detail: "open, but the other side hung up"}
		}, v1alpha1.ConditionPortsOpen, no, v1alpha1.ReasonPortsClosed, "port 5061 of 192.0.2.1: open, but the other side hung up; partners may not get through"},
		"ports closed, not in use": {"no partner is led there", func(f *status.Facts) { closed(f); elsewhere(f) }, v1alpha1.ConditionPortsOpen, no, v1alpha1.ReasonPortsClosed,
			"port 5061 of 192.0.2.1: connection refused; partners are not led there yet; each must answer before DNS leads there"},
		"ports closed, run begun": {"the plan is about to open them", func(f *status.Facts) { closed(f); elsewhere(f); drifted(f); ran(f, nil, apply.Running) }, v1alpha1.ConditionPortsOpen, no, v1alpha1.ReasonPortsClosed,
			"connection refused; so it was when the plan began; the plan asks again before DNS moves"},
		"port of machines": {"a person knows machines by their names", func(f *status.Facts) {
			closed(f)
			f.Desired.Pool.Servers = []lync.EdgeServer{{FQDN: "edge1a.contoso.com", ExternalAddresses: []netip.Addr{target.Address}}, {FQDN: "edge1b.contoso.com", ExternalAddresses: []netip.Addr{target.Address}}}
		}, v1alpha1.ConditionPortsOpen, no, v1alpha1.ReasonPortsClosed, "port 5061 of edge1a.contoso.com, edge1b.contoso.com (192.0.2.1): connection refused"},
	}
}

func TestRouteParts(t *testing.T) {
	for name, c := range partCases() {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			c.change(&f)
			// What was in sync and what had drifted already gives the same condition.
			full := inSync()
			full.Previous = status.Route(full)
			drifted(&full)
			for _, previous := range []v1alpha1.FederationRouteStatus{full.Previous, status.Route(full)} {
				f.Previous = previous
				got := condition(status.Route(f).Conditions, c.kind)
				if got.Status != c.state || got.Reason != c.why || !strings.Contains(got.Message, c.says) {
					t.Errorf("%s: %s %s %q, want %s %s saying %q", c.reason, got.Status, got.Reason, got.Message, c.state, c.why, c.says)
				}
			}
		})
	}
}

// TestCertificatesThatNobodyCanCompare: of a machine whose certificate is unknown, and of a port
// that shows none, nothing is said.
func TestCertificatesThatNobodyCanCompare(t *testing.T) {
	assigned := lync.Part[lync.Certificate]{Value: lync.Certificate{Thumbprint: "AB12"}}
	cases := map[string]struct {
		reason       string
		certificates map[lync.Host]lync.Part[lync.Certificate]
		shown        string
		says         string
	}{
		"the assigned one": {"it is as it should be", map[lync.Host]lync.Part[lync.Certificate]{"edge1a.contoso.com": assigned}, "AB12", ""},
		"another":          {"a restart is due", map[lync.Host]lync.Part[lync.Certificate]{"edge1a.contoso.com": assigned}, "CD34", "; partners see another certificate"},
		"none is shown":    {"the handshake did not come so far", map[lync.Host]lync.Part[lync.Certificate]{"edge1a.contoso.com": assigned}, "", ""},
		"unread":           {"nobody asked the machine", nil, "CD34", ""},
		"unreadable":       {"the machine did not say", map[lync.Host]lync.Part[lync.Certificate]{"edge1a.contoso.com": {Err: errors.New("boom")}}, "CD34", ""},
		"of another":       {"the machine behind the address counts", map[lync.Host]lync.Part[lync.Certificate]{"edge1b.contoso.com": assigned}, "CD34", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			f.Desired.Pool = lync.EdgePool{FQDN: "edge1.contoso.com", Servers: []lync.EdgeServer{{FQDN: "edge1a.contoso.com", ExternalAddresses: []netip.Addr{target.Address}},
				{FQDN: "edge1b.contoso.com", ExternalAddresses: []netip.Addr{netip.MustParseAddr("203.0.113.77")}}}}
			f.Observed.Certificates = c.certificates
			f.Observed.Ports[target] = probe.Reading{Target: target, Open: true, Spoke: true, Thumbprint: c.shown}
			_, said, _ := strings.Cut(condition(status.Route(f).Conditions, v1alpha1.ConditionPortsOpen).Message, "answers")
			if !strings.HasPrefix(said, c.says) || c.says == "" && said != "" {
				t.Errorf("%s: it says %q", c.reason, said)
			}
		})
	}
}

func TestOnlyTheLastUpdateIsDoubted(t *testing.T) {
	f := inSync()
	ran(&f, nil, apply.Done, apply.Done, apply.Done)
	f.Run.Entries[2].Message = "no answer came; confirmed by reading back"
	f.Previous = status.Route(f)
	f.Run.Entries[2].Message, f.Run.Entries[2].Ended = "", f.Run.Entries[2].Ended.Add(time.Hour)
	s := status.Route(f)
	if got := condition(s.Conditions, v1alpha1.ConditionDNSPublished).Message; got != "every authoritative server shows the records" {
		t.Errorf("%q, but the update after it was answered as it should be", got)
	}
	if h := s.History; len(h) != 3 || h[0].Message != "" || h[1].Message != "no answer came; confirmed by reading back" {
		t.Errorf("history %+v, want both updates and what was to be said of the first", h)
	}
}

func TestRouteNamesAFewOfManyServers(t *testing.T) {
	f := inSync()
	l := f.Observed.Records[record.Key]
	for _, name := range []string{"ns3:53", "ns4:53", "ns5:53", "ns6:53"} {
		l.Value.Servers = append(l.Value.Servers, dns.ServerView{Server: name})
	}
	f.Observed.Records[record.Key] = l
	got := condition(status.Route(f).Conditions, v1alpha1.ConditionReady)
	if !strings.Contains(got.Message, "ns5:53 does not show sip.contoso.com A yet and 1 more; some partners") || strings.Contains(got.Message, "ns6") {
		t.Errorf("%q should name three servers and count the fourth", got.Message)
	}
}

func TestRouteShowsActivePools(t *testing.T) {
	f := inSync()
	s := status.Route(f)
	if s.SIPEdgePool != "edge1.contoso.com" || s.XMPPEdgePool != "edge2.contoso.com" {
		t.Errorf("SIP %q, XMPP %q; want what the sites say", s.SIPEdgePool, s.XMPPEdgePool)
	}
	lost := bare(fault.New(fault.Unreachable, "read", "fe1", "no answer"))
	lost.Previous = s
	if s = status.Route(lost); s.SIPEdgePool != "edge1.contoso.com" || condition(s.Conditions, v1alpha1.ConditionSIPRouted).Status != metav1.ConditionTrue {
		t.Errorf("SIP %q, conditions %v: unknown is not empty", s.SIPEdgePool, s.Conditions)
	}
	director := inSync()
	director.Observed.Topology.Sites[0].SIPRoute = "dir1.contoso.com"
	if s := status.Route(director); s.SIPEdgePool != "" {
		t.Errorf("%q is shown as the Edge pool and is none", s.SIPEdgePool)
	}
	f.Desired.Protocols, f.Previous = f.Desired.Protocols[:1], s
	if s = status.Route(f); s.XMPPEdgePool != "" {
		t.Errorf("XMPP %q is shown and is not managed", s.XMPPEdgePool)
	}
}

func TestRouteKeepsSinceWhenDriftBegan(t *testing.T) {
	f := inSync()
	f.Previous = status.Route(f)
	drifted(&f)
	f.Plan.Differences = append(f.Plan.Differences, f.Plan.Differences[0]) // both protocols may report the same switch
	f.Previous = status.Route(f)
	if n := len(f.Previous.Drift); n != 2 {
		t.Fatalf("%d drifted fields, want each of 2 once", n)
	}
	f.Now = now.Add(3 * 60 * 60 * 1e9)
	f.Plan.Differences[0].Found = "edge3.contoso.com" // still drift of the same field
	f.Plan.Differences[1].Wanted = "192.0.2.7"        // another value is wanted, so this is new drift
	s := status.Route(f)
	if got := s.Drift[0]; !got.Since.Time.Equal(now) || got.Found != "edge3.contoso.com" {
		t.Errorf("the route drifted since %s and is %s, want since %s with the new value", got.Since, got.Found, now)
	}
	if got := s.Drift[1]; !got.Since.Time.Equal(f.Now) {
		t.Errorf("the record differs from its new wish since %s, want %s", got.Since, f.Now)
	}
	f.Plan = plan.Plan{}
	if s = status.Route(f); len(s.Drift) != 0 {
		t.Errorf("drift %v is shown and gone", s.Drift)
	}
}

// elsewhere puts both protocols on another Edge pool than the spec's.
func elsewhere(f *status.Facts) {
	f.Observed.Topology.Sites[0].SIPRoute, f.Observed.Topology.Sites[0].XMPPRoute = "edge2.contoso.com", "edge2.contoso.com"
}

// TestTheActivePoolMovesWithItsSteps: nobody looks at the organization while a run is under
// way, and its steps say what they have done.
func TestTheActivePoolMovesWithItsSteps(t *testing.T) {
	route := func(site string, protocol lync.Protocol) plan.Step {
		return plan.Step{Act: plan.SetSiteRoute{Site: site, Protocol: protocol, EdgePool: "edge2.contoso.com"}, Target: string(protocol) + site}
	}
	for name, c := range map[string]struct {
		reason              string
		first, second, xmpp apply.State // two sites of SIP, one of XMPP
		sipPool, xmppPool   string
	}{
		"before":     {"no site was changed", apply.Running, apply.Pending, apply.Pending, "edge1.contoso.com", "edge1.contoso.com"},
		"one of two": {"the sites differ", apply.Done, apply.Running, apply.Pending, "", "edge1.contoso.com"},
		"all":        {"every site leads to the new pool", apply.Done, apply.Skipped, apply.Running, "edge2.contoso.com", "edge1.contoso.com"},
		"failed":     {"the sites differ", apply.Done, apply.Failed, apply.Pending, "", "edge1.contoso.com"},
		"XMPP too":   {"each protocol for itself", apply.Done, apply.Done, apply.Done, "edge2.contoso.com", "edge2.contoso.com"},
	} {
		t.Run(name, func(t *testing.T) {
			f := bare(nil)
			f.Previous = v1alpha1.FederationRouteStatus{SIPEdgePool: "edge1.contoso.com", XMPPEdgePool: "edge1.contoso.com"}
			f.Run = &status.RunFacts{Active: true, Entries: []apply.Entry{
				{Step: route("Redmond", lync.SIP), State: c.first}, {Step: route("London", lync.SIP), State: c.second}, {Step: route("Redmond", lync.XMPP), State: c.xmpp}}}
			if s := status.Route(f); s.SIPEdgePool != c.sipPool || s.XMPPEdgePool != c.xmppPool {
				t.Errorf("%s: SIP %q, XMPP %q; want %q, %q", c.reason, s.SIPEdgePool, s.XMPPEdgePool, c.sipPool, c.xmppPool)
			}
		})
	}
}

// standby keeps edge2 prepared.
func standby(f *status.Facts) {
	f.Spec.Prepare = []v1alpha1.Hostname{"edge2.contoso.com"}
	f.Desired.Prepare = []lync.EdgePool{{FQDN: "edge2.contoso.com", Servers: []lync.EdgeServer{{FQDN: "edge2.contoso.com"}}}}
}

// standbyDead keeps edge2 prepared, whose machine cannot be read.
func standbyDead(f *status.Facts) {
	standby(f)
	f.Plan.Waits = []plan.Obstacle{{Aspect: plan.AspectStandby, Holds: []plan.Resource{{Sort: plan.SortMachine, Name: "edge2.contoso.com"}},
		Err: fault.New(fault.Unreachable, "prepare Edge server", "edge2.contoso.com", "connection refused")}}
}
