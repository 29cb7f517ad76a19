package status_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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

type routeCase struct {
	reason string
	change func(*status.Facts)
	why    string // the reason of Ready
	who    string // the condition that is true: Ready, Reconciling or Stalled
	says   string // part of the message
}

func fails(kind fault.Kind) func(*status.Facts) {
	return func(f *status.Facts) { *f = bare(fault.New(kind, "read", "fe1", "something happened")) }
}

// bare gives the facts of a reconcile that could not observe anything.
func bare(err error) status.Facts {
	f := inSync()
	f.Desired, f.Observed, f.Err = plan.Desired{}, plan.Observed{}, err
	return f
}

// closed changes the facts to those of a pool whose port was probed and does not answer.
func closed(f *status.Facts) { f.Observed.Ports[target] = probe.Reading{Detail: "connection refused"} }

// undone changes the facts to those of a move that was given up.
func undone(f *status.Facts) {
	f.Undone = &v1alpha1.UndoneMove{Generation: 2, Message: "port 5061 of 192.0.2.2: connection refused"}
}

// drains changes the facts to those of a route whose old pool, edge2, is not done with.
func drains(f *status.Facts) {
	f.Plan = plan.Plan{ID: "sha256-1", Steps: []plan.Step{{Stage: plan.Leaving, Act: plan.PublishFlags{}}}, Leaves: []string{"edge2.contoso.com"},
		Pauses: []plan.Pause{{Stage: plan.Leaving, Err: fault.New(fault.Busy, "end federation on", "edge2.contoso.com", "partners remember it")}}}
	f.Verdict = guard.Verdict{Reason: guard.Pausing}
}

// runs gives an Edge pool one machine whose one service is in the state.
func runs(f *status.Facts, pool string, state lync.ServiceState) {
	for i := range f.Observed.Topology.EdgePools {
		if p := &f.Observed.Topology.EdgePools[i]; p.FQDN == pool {
			p.Servers = []lync.EdgeServer{{FQDN: pool}}
		}
	}
	f.Observed.EdgeServers = map[lync.Host]lync.Part[lync.EdgeServerState]{lync.HostOf(pool): {Value: lync.EdgeServerState{Services: []lync.Service{{State: state}}}}}
}

func verdict(r guard.Reason) func(*status.Facts) {
	return func(f *status.Facts) {
		drifted(f)
		f.Verdict = guard.Verdict{Reason: r, Message: "3 steps; because; do"}
	}
}

func routeCases() map[string]routeCase {
	busy := fault.New(fault.Busy, "carry out plan", "sha256-1", "another route works there").With("this one waits", "it begins later")
	const ready, passing, stuck = v1alpha1.ConditionReady, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled
	return map[string]routeCase{
		"in sync":     {"nothing differs", func(*status.Facts) {}, v1alpha1.ReasonInSync, ready, "edge1.contoso.com"},
		"planned":     {"steps that nobody began yet", drifted, v1alpha1.ReasonPlanned, passing, "3 steps"},
		"progressing": {"a run is on its way", func(f *status.Facts) { drifted(f); ran(f, nil, apply.Done, apply.Running, apply.Pending) }, v1alpha1.ReasonProgressing, passing, "1 of 3 steps are done; now: CheckPorts 192.0.2.1 port 5061 (connection refused)"},
		"run over, unseen": {"until the organization was looked at again the run has the word", func(f *status.Facts) {
			*f = bare(nil)
			ran(f, nil, apply.Done, apply.Skipped, apply.Done)
			f.Run.Active = true
		}, v1alpha1.ReasonProgressing, passing, "3 of 3 steps are done; now: looking at the organization again"},
		"run failed": {"the failure is told until it is tried again", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Failed, "set", "route", "it broke"), apply.Failed, apply.Pending, apply.Pending)
		}, v1alpha1.ReasonStepFailed, passing, "set route: it broke; what depends on it waits; it is tried again"},
		"run failed, old pool serves": {"a failed preparation takes nothing down, and the route says so", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Failed, "set up", "edge1a", "it broke"), apply.Failed, apply.Pending, apply.Pending)
			runs(f, "edge2.contoso.com", lync.ServiceRunning)
		}, v1alpha1.ReasonStepFailed, passing, "it is tried again after a pause; XMPP federation still runs on edge2.contoso.com"},
		"run failed, old pool is down": {"nobody says that a dead pool serves", func(f *status.Facts) {
			drifted(f)
			ran(f, fault.New(fault.Failed, "set up", "edge1a", "it broke"), apply.Failed, apply.Pending, apply.Pending)
			runs(f, "edge2.contoso.com", lync.ServiceStopped)
		}, v1alpha1.ReasonStepFailed, passing, "it is tried again after a pause"},
		"waiting for a TTL": {"the move waits until partners have forgotten it, and says until when", func(f *status.Facts) {
			drifted(f)
			for i := range f.Plan.Steps {
				f.Plan.Steps[i].Stage = plan.Moving
			}
			f.Desired.MoveTTL, f.Observed.Lowering.Ends = 30, now.Add(time.Hour)
			f.Plan.Pauses = []plan.Pause{{Stage: plan.Moving, Until: now.Add(time.Hour)}}
			f.Verdict = guard.Verdict{Reason: guard.Pausing}
		}, v1alpha1.ReasonProgressing, passing, "the TTL of the records was lowered to 30 seconds; partners may remember the old records for their old TTL until 2026-03-14T23:00:00Z; federation moves to edge1.contoso.com then"},
		"draining": {"federation is as the spec says; the rest is for time to do", func(f *status.Facts) {
			drains(f)
			f.Observed.Drain.Ends = now.Add(5 * time.Minute)
		}, v1alpha1.ReasonDraining, ready, "federation is hosted by edge1.contoso.com as the spec says; partners who remember the old records are served by edge2.contoso.com until 2026-03-14T22:05:00Z; then its flags are cleared"},
		"draining, and a port closes": {"partners who come by the new records are more urgent", func(f *status.Facts) { drains(f); closed(f) }, v1alpha1.ReasonPortsClosed, stuck, "connection refused"},
		"run failed, repaired":        {"what a person repaired is in sync", func(f *status.Facts) { ran(f, fault.New(fault.Failed, "set", "route", "it broke"), apply.Failed) }, v1alpha1.ReasonInSync, ready, ""},
		"suspended":                   {"a person said stop", verdict(guard.Suspended), v1alpha1.ReasonSuspended, stuck, "because"},
		"conflict":                    {"an older route holds a switch; somebody has to decide", verdict(guard.Conflict), v1alpha1.ReasonConflict, stuck, "because"},
		"observing":                   {"mode Observe looked, and that is all it is for", verdict(guard.Observing), v1alpha1.ReasonDrifted, ready, "because"},
		"awaiting approval":           {"a person was asked", verdict(guard.AwaitingApproval), v1alpha1.ReasonAwaitingApproval, stuck, "because"},
		"awaiting approval of a part": {"whoever approves must see what the plan leaves behind", func(f *status.Facts) {
			verdict(guard.AwaitingApproval)(f)
			silent(f, plan.AspectDNS, plan.Resource{Sort: plan.SortZone, Name: "fabrikam.com"})
		}, v1alpha1.ReasonAwaitingApproval, stuck, "3 steps; because; do; what cannot be done now, see status.owed: zone fabrikam.com"},
		"observing a part": {"and so must whoever looks before that, in few words", func(f *status.Facts) {
			verdict(guard.Observing)(f)
			for _, zone := range []string{"a.com", "b.com", "c.com", "d.com", "e.com"} {
				silent(f, plan.AspectDNS, plan.Resource{Sort: plan.SortZone, Name: zone})
			}
		}, v1alpha1.ReasonDrifted, ready, "do; what cannot be done now, see status.owed: zone a.com, zone b.com, zone c.com and 2 more"},
		"until a time": {"nobody has to do anything: time passes", func(f *status.Facts) {
			drifted(f)
			f.Verdict = guard.Verdict{Reason: guard.Suspended, Message: "3 steps; it is night; they begin at six", Until: now.Add(time.Hour)}
		}, v1alpha1.ReasonSuspended, passing, "begin at six"},
		"suspended, closed":  {"without steps the guard has nothing to say", func(f *status.Facts) { f.Verdict.Reason = guard.Suspended; delete(f.Observed.Ports, target) }, v1alpha1.ReasonPortsClosed, passing, "port 5061 of 192.0.2.1: not asked yet; partners may not get through; look"},
		"suspended, in sync": {"a person who looks must see why nothing will be done", func(f *status.Facts) { f.Spec.Suspend = true }, v1alpha1.ReasonSuspended, ready, "edge1.contoso.com as the spec says; spec.suspend is true, and no change begins before it is false"},
		"suspended, dead":    {"what is worse is the reason, and both are told", func(f *status.Facts) { closed(f); f.Spec.Suspend = true }, v1alpha1.ReasonPortsClosed, stuck, "partners may not get through; look at the Edge server's services and its firewall; spec.suspend is true"},
		"suspended, unread":  {"also where nothing could be read", func(f *status.Facts) { fails(fault.Unreachable)(f); f.Spec.Suspend = true }, v1alpha1.ReasonUnreachable, passing, "it is tried again; spec.suspend is true"},
		"ports closed":       {"everything is set and partners cannot get in; nothing is left that would open them", closed, v1alpha1.ReasonPortsClosed, stuck, "port 5061 of 192.0.2.1: connection refused"},
		"machine dead":       {"trying to read it again helps no partner", func(f *status.Facts) { closed(f); obstacle(f, plan.AspectServices, fault.Unreachable) }, v1alpha1.ReasonUnreachable, stuck, "it is tried again; meanwhile port 5061 of 192.0.2.1: connection refused; partners may not get through"},
		"services do not start": {"what was tried did not help", func(f *status.Facts) {
			closed(f)
			drifted(f)
			ran(f, fault.New(fault.Failed, "start services", "edge1", "it broke"), apply.Failed)
		}, v1alpha1.ReasonStepFailed, stuck, "meanwhile port 5061 of 192.0.2.1"},
		"dead, observed":   {"to look only is no excuse", func(f *status.Facts) { closed(f); verdict(guard.Observing)(f) }, v1alpha1.ReasonDrifted, stuck, "because; do; meanwhile port 5061 of 192.0.2.1"},
		"closed, repaired": {"the plan opens them", func(f *status.Facts) { closed(f); drifted(f) }, v1alpha1.ReasonPlanned, passing, "3 steps"},
		"closed, not in use": {"partners are sent to another pool still", func(f *status.Facts) {
			closed(f)
			f.Observed.Topology.Sites[0].SIPRoute = "edge2.contoso.com"
			obstacle(f, plan.AspectServices, fault.Unreachable)
		}, v1alpha1.ReasonUnreachable, passing, "it is tried again"},
		"move undone": {"the new pool answered nowhere", undone, v1alpha1.ReasonMoveUndone, stuck, "no address of the new Edge pool answered (port 5061 of 192.0.2.2: connection refused); federation was led back to edge1.contoso.com, which hosts it; mend the new pool, then run kubectl fedroute reconcile or change the spec"},
		"a machine left out": {"the others serve, and Degraded tells of it", func(f *status.Facts) {
			f.Absent = map[lync.Host]plan.Absence{"edge1b.contoso.com": {Since: now, Left: now}}
		}, v1alpha1.ReasonInSync, ready, "federation is hosted by edge1.contoso.com as the spec says"},
		"contested":                                   {"somebody else sets it, too", contested, v1alpha1.ReasonContested, stuck, "somebody else changed back 5 times within an hour: SIP federation route of site Redmond is edge2.contoso.com, wanted edge1.contoso.com; that is left as it is, and the rest goes on; find out who sets it"},
		"contested, and it holds the rest":            {"the steps that are left need what somebody else sets", contestedHolds, v1alpha1.ReasonContested, stuck, "SIP federation route of site Redmond is edge2.contoso.com"},
		"contested, and something else is the matter": {"what holds the rest is told first", func(f *status.Facts) { contestedHolds(f); obstacle(f, plan.AspectDNS, fault.Unreachable) }, v1alpha1.ReasonUnreachable, passing, "something happened"},
		"contested, and a step is to be taken":        {"the rest goes on", func(f *status.Facts) { contested(f); f.Plan.Steps = steps[2:] }, v1alpha1.ReasonPlanned, passing, "1 steps"},
		"propagating":                                 {"a secondary answers with the old record", func(f *status.Facts) { server(f, dns.RRSet{}, nil) }, v1alpha1.ReasonPropagating, passing, "ns2:53 does not show sip.contoso.com A yet; some partners see the old ones; it is looked at again"},
		"secondary silent":                            {"who cannot be asked does not make federation less ready", func(f *status.Facts) { server(f, dns.RRSet{}, errors.New("no answer in time")) }, v1alpha1.ReasonInSync, ready, ""},
		"hosted elsewhere": {"Microsoft 365 has the domain", func(f *status.Facts) {
			drifted(f)
			obstacle(f, plan.AspectDNS, fault.Refused)
			f.Plan.Obstacles[0].Err.(*fault.Error).Err = plan.ErrHosted
		}, v1alpha1.ReasonHostedFederation, stuck, "something happened"},
		"records of others": {"a person consents to have them replaced", func(f *status.Facts) {
			drifted(f)
			obstacle(f, plan.AspectDNS, fault.Refused)
			f.Plan.Obstacles[0].Err.(*fault.Error).Err = plan.ErrForeign
		}, v1alpha1.ReasonForeignRecords, stuck, "something happened"},
		"name blocked": {"DNS has something in the way", func(f *status.Facts) { drifted(f); obstacle(f, plan.AspectDNS, fault.Refused) }, v1alpha1.ReasonNameBlocked, stuck, "something happened"},
		"flags are a person's": {"Topology Builder is asked for", func(f *status.Facts) {
			drifted(f)
			f.Verdict.Reason = guard.Obstructed
			obstacle(f, plan.AspectSIP, fault.Refused)
		}, v1alpha1.ReasonAwaitingPerson, stuck, "something happened"},
		"XMPP flags, too": {"the same for XMPP", func(f *status.Facts) { obstacle(f, plan.AspectXMPP, fault.Refused) }, v1alpha1.ReasonAwaitingPerson, stuck, ""},
		"machine unread": {"the first of several obstacles is told, the rest counted", func(f *status.Facts) {
			drifted(f)
			obstacle(f, plan.AspectServices, fault.Unreachable)
			obstacle(f, plan.AspectDNS, fault.Refused)
		}, v1alpha1.ReasonUnreachable, passing, "it is tried again (and 1 more)"},
		"topology missing": {"a person creates it; then the route is told", func(f *status.Facts) {
			*f = bare(&status.Missing{Reason: v1alpha1.ReasonTopologyMissing, Message: "none; waits; create it"})
		}, v1alpha1.ReasonTopologyMissing, stuck, "create it"},
		"secret missing": {"wrapping does not hide it", func(f *status.Facts) {
			*f = bare(fmt.Errorf("sign in: %w", &status.Missing{Reason: v1alpha1.ReasonSecretMissing, Message: "none; waits; create it"}))
		}, v1alpha1.ReasonSecretMissing, stuck, "create it"},
		"not observed": {"the first look is on its way", func(f *status.Facts) {
			*f = bare(&status.Missing{Reason: v1alpha1.ReasonNotObserved, Message: "not yet; waits; goes on"})
		}, v1alpha1.ReasonNotObserved, passing, "goes on"},
		"unreachable":      {"kinds decide", fails(fault.Unreachable), v1alpha1.ReasonUnreachable, passing, ""},
		"denied":           {"kinds decide", fails(fault.Denied), v1alpha1.ReasonDenied, stuck, ""},
		"refused":          {"kinds decide", fails(fault.Refused), v1alpha1.ReasonRefused, stuck, ""},
		"invalid":          {"kinds decide", fails(fault.Invalid), v1alpha1.ReasonInvalid, stuck, ""},
		"unsupported":      {"kinds decide", fails(fault.Unsupported), v1alpha1.ReasonUnsupported, stuck, ""},
		"world changed":    {"kinds decide", fails(fault.WorldChanged), v1alpha1.ReasonWorldChanged, passing, ""},
		"a failback waits": {"federation is where it should be, and what is owed is pointed at", failBackWaits, v1alpha1.ReasonInSync, v1alpha1.ConditionReady, "still to be failed back, see FrontEndsAssociated"},
		"busy":             {"kinds decide", fails(fault.Busy), v1alpha1.ReasonBusy, passing, "it is looked at again"},
		"outcome unknown":  {"kinds decide", fails(fault.OutcomeUnknown), v1alpha1.ReasonOutcomeUnknown, passing, ""},
		"step failed":      {"kinds decide", fails(fault.Failed), v1alpha1.ReasonStepFailed, passing, ""},
		"internal":         {"kinds decide", fails(fault.Internal), v1alpha1.ReasonInternal, stuck, ""},
		"foreign error":    {"an error without kind is a defect of ours", func(f *status.Facts) { *f = bare(errors.New("boom")) }, v1alpha1.ReasonInternal, stuck, "boom; what depends on it waits; report it"},
		"busy, with plan":  {"what was learned before the error is told too", func(f *status.Facts) { drifted(f); f.Err = busy }, v1alpha1.ReasonBusy, passing, "it begins later"},
		"own words remain": {"a fault's own effect and next action win", func(f *status.Facts) { *f = bare(busy) }, v1alpha1.ReasonBusy, passing, "this one waits; it begins later"},
	}
}

func TestRouteConcludes(t *testing.T) {
	for name, c := range routeCases() {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			c.change(&f)
			s := status.Route(f)
			ready := condition(s.Conditions, v1alpha1.ConditionReady)
			if ready.Reason != c.why || !strings.Contains(ready.Message, c.says) || ready.Message == "" {
				t.Errorf("%s: %s %q, want %s saying %q", c.reason, ready.Reason, ready.Message, c.why, c.says)
			}
			for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
				want := metav1.ConditionStatus("absent")
				switch {
				case kind == c.who:
					want = metav1.ConditionTrue
				case kind == v1alpha1.ConditionReady:
					want = metav1.ConditionFalse
				}
				if got := condition(s.Conditions, kind); got.Status != want || (want == metav1.ConditionTrue && (got.Reason != ready.Reason || got.Message != ready.Message)) {
					t.Errorf("%s: %s is %s %s %q, want %s as Ready says", c.reason, kind, got.Status, got.Reason, got.Message, want)
				}
			}
			if s.ObservedGeneration != 7 || ready.ObservedGeneration != 7 || s.LastHandledReconcileAt != "please" {
				t.Errorf("%s: the status speaks of generation %d and request %q", c.reason, s.ObservedGeneration, s.LastHandledReconcileAt)
			}
			if told := strings.Count(ready.Message, "; "); c.who != v1alpha1.ConditionReady && ready.Reason != v1alpha1.ReasonProgressing && ready.Reason != v1alpha1.ReasonPlanned && told < 2 {
				t.Errorf("%s: %q should name cause, effect and next action", c.reason, ready.Message)
			}
		})
	}
}

// TestRouteReplacesOldAnswers puts a route into one state and then into another. The conditions
// must not keep anything of the first state.
func TestRouteReplacesOldAnswers(t *testing.T) {
	for name, c := range routeCases() {
		t.Run(name, func(t *testing.T) {
			fresh, used := inSync(), inSync()
			c.change(&fresh)
			c.change(&used)
			for _, before := range []string{"progressing", "conflict", "in sync"} {
				f := inSync()
				routeCases()[before].change(&f)
				used.Previous = status.Route(f)
				got, want := status.Route(used), status.Route(fresh)
				for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
					if diff := cmp.Diff(condition(want.Conditions, kind), condition(got.Conditions, kind)); diff != "" {
						t.Errorf("%s: after %s (-want +got):\n%s", c.reason, before, diff)
					}
				}
			}
		})
	}
}

func TestRouteSettles(t *testing.T) {
	for name, c := range routeCases() {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			c.change(&f)
			once := status.Route(f)
			f.Previous, f.Now = once, now.AddDate(0, 0, 1)
			if diff := cmp.Diff(once, status.Route(f)); diff != "" {
				t.Errorf("the same facts a day later must write nothing (-before +after):\n%s", diff)
			}
		})
	}
}

func TestRouteLeavesThePreviousStatusAlone(t *testing.T) {
	f := inSync()
	drifted(&f)
	f.Previous = status.Route(f)
	kept := f.Previous.DeepCopy()
	f.Plan = plan.Plan{}
	status.Route(f)
	if diff := cmp.Diff(*kept, f.Previous); diff != "" {
		t.Errorf("the cache's object was changed (-was +is):\n%s", diff)
	}
}
