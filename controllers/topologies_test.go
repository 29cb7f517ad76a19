package controllers

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory"
	"github.com/fedroute/fedroute/internal/memory/sights"
)

// look reconciles the organization once.
func (s *stage) look(lt *v1alpha1.LyncTopology) time.Duration {
	s.Helper()
	result, err := s.topologies.Reconcile(s.Context(), ctrl.Request{NamespacedName: orgKey})
	if err != nil {
		s.Fatal(err)
	}
	if err := s.objects.Get(s.Context(), orgKey, lt); client.IgnoreNotFound(err) != nil {
		s.Fatal(err)
	}
	return result.RequeueAfter
}

// atHome makes the management server answer Read-Topology as a real one did. All other calls fail.
func (s *stage) atHome() {
	s.Helper()
	topology, err := os.ReadFile("../internal/lync/shell/testdata/topology.json")
	if err != nil {
		s.Fatal(err)
	}
	s.hosts.answer = func(_ context.Context, script string) (json.RawMessage, error) {
		if script == "Read-Topology" {
			return topology, nil
		}
		return nil, fault.New(fault.Unreachable, "read", "machine", "nobody is at home")
	}
}

func TestTopologyWithoutSecretCallsNobody(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt)
	s.look(lt)
	if c := conditionOf(lt.Status.Conditions, v1alpha1.ConditionStalled); c.Reason != v1alpha1.ReasonSecretMissing {
		t.Errorf("Stalled is %+v, want a missing Secret", c)
	}
	if now, ok := s.topologies.sights.Get(memory.Object(orgKey)); !ok || now.Err == nil || len(s.hosts.called()) > 0 {
		t.Errorf("routes see %+v after calls %v, want the reason and no call", now, s.hosts.called())
	}
}

// TestWhatAYoungObjectLacksMayBeOnItsWay: a pipeline creates Secrets, LyncTopology and route
// in any order. Each object waits for what it names until it is a minute old, and is
// reconciled at that moment.
func TestWhatAYoungObjectLacksMayBeOnItsWay(t *testing.T) {
	lt, route := lyncTopology(), federationRoute("r", "edge2.contoso.com")
	route.Spec.TopologyRef.Name = "elsewhere"
	lt.Spec.PollInterval.Duration, route.Spec.Interval.Duration = time.Hour, time.Hour
	lt.CreationTimestamp, route.CreationTimestamp = metav1.NewTime(begin), metav1.NewTime(begin)
	s := newStage(t, lt, route)
	s.clock.forward(20 * time.Second)
	for what, again := range map[string]time.Duration{"LyncTopology": s.look(lt), "route": s.reconcile(route)} {
		if again != 40*time.Second {
			t.Errorf("the %s is looked at again after %s, want 40s", what, again)
		}
	}
	for _, want := range []string{v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
		for what, list := range map[string][]metav1.Condition{"LyncTopology": lt.Status.Conditions, "route": route.Status.Conditions} {
			if c := conditionOf(list, want); c.Status != metav1.ConditionTrue {
				t.Errorf("after %s the %s has %+v, want %s", s.clock.Now().Sub(begin), what, list, want)
			}
		}
		s.clock.forward(40 * time.Second)
		s.look(lt)
		s.reconcile(route)
	}
}

func TestTopologyIsObserved(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.atHome()
	if again := s.look(lt); again < time.Minute || again > 66*time.Second {
		t.Errorf("again after %s, want the poll interval", again)
	}
	ready := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReady)
	if ready.Status != metav1.ConditionTrue || lt.Status.Product.Name != "Lync Server 2013" || len(lt.Status.EdgePools) == 0 {
		t.Fatalf("Ready is %+v with product %v", ready, lt.Status.Product)
	}
	if edges := conditionOf(lt.Status.Conditions, v1alpha1.ConditionEdgeServersReachable); edges.Status != metav1.ConditionFalse {
		t.Errorf("EdgeServersReachable is %+v without credentials for them", edges)
	}
	if len(s.topologies.fresh) != 1 || !hasSeries(t, "fedroute_observation_timestamp_seconds", "org") {
		t.Errorf("%d wake-ups of routes, want one, and the time of the look in the metrics", len(s.topologies.fresh))
	}
	written, told := lt.ResourceVersion, len(s.events.Events)
	s.clock.forward(time.Hour)
	s.look(lt)
	if lt.ResourceVersion != written || len(s.events.Events) != told || len(s.topologies.fresh) != 1 {
		t.Error("the same organization an hour later was written, told or woken for again")
	}

	s.hosts.answer = func(context.Context, string) (json.RawMessage, error) {
		return nil, fault.New(fault.Unreachable, "call", "fe1", "nobody is at home")
	}
	s.look(lt)
	if c := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReconciling); c.Reason != v1alpha1.ReasonUnreachable || len(lt.Status.EdgePools) == 0 {
		t.Errorf("Reconciling is %+v and %d pools are shown: unknown is not empty", c, len(lt.Status.EdgePools))
	}
	if len(s.topologies.fresh) != 2 {
		t.Error("routes are not told that the organization is out of sight")
	}
}

// TestAnotherEditionIsAskedForItsMachinesFirst: after a change of spec, no Edge machine is asked
// before the topology is read again. The spec may now be about another organization, and its
// accounts must not be shown to the machines of the former one.
func TestAnotherEditionIsAskedForItsMachinesFirst(t *testing.T) {
	for name, c := range map[string]struct {
		generation int64
		want       bool // machines are asked although the topology cannot be read
	}{"same": {1, true}, "another": {2, false}} {
		t.Run(name, func(t *testing.T) {
			lt := lyncTopology()
			lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: lt.Spec.Management.Accounts}
			s := newStage(t, lt, managerSecret())
			s.atHome()
			s.look(lt)
			s.hosts.answer = func(context.Context, string) (json.RawMessage, error) {
				return nil, fault.New(fault.Unreachable, "call", "fe1", "nobody is at home")
			}
			before := len(s.hosts.called())
			lt.Generation = c.generation
			must(t, s.objects.Update(t.Context(), lt))
			s.look(lt)
			if got := slices.Contains(s.hosts.called()[before:], "Read-EdgeServer"); got != c.want {
				t.Errorf("asked %v", s.hosts.called()[before:])
			}
		})
	}
}

func TestADeletedTopologyIsForgotten(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.atHome()
	s.look(lt)
	must(t, s.objects.Delete(t.Context(), lt.DeepCopy()))
	last := versionOf(lt)
	s.topologies.written.Note(last, last, lt.Status) // as if the cache did not show its last write yet
	s.look(lt)
	_, seen := s.topologies.sights.Get(memory.Object(orgKey))
	_, open := s.topologies.fleets.Connected(memory.Object(orgKey), memory.Edition{UID: last.UID, Generation: 1})
	_, _, lags := s.topologies.written.Newer(last)
	if seen || open || lags || hasSeries(t, "fedroute_observation_timestamp_seconds", "org") {
		t.Errorf("a deleted organization is remembered: seen %v, connected %v", seen, open)
	}
}

func TestTheServerThatAnsweredIsNamed(t *testing.T) {
	lt := lyncTopology()
	lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Endpoint: v1alpha1.Endpoint{URL: "https://10.0.0.2:5986/wsman", ServerName: "fe2.contoso.com"}})
	now := sights.Sight{Snapshot: lync.Snapshot{Endpoint: "https://10.0.0.2:5986/wsman"}}
	if got := topologyFacts(lt, now, newStage(t).topologies.options).Answered; got != "fe2.contoso.com (10.0.0.2:5986)" {
		t.Errorf("%q answered: nobody knows the machine by that", got)
	}
}

// TestTwoNamespacesDescribeOneOrganization: both say so, and neither names the other.
func TestTwoNamespacesDescribeOneOrganization(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*v1alpha1.LyncTopology)
		want   string
	}{
		"another namespace": {"the other has the same names", func(*v1alpha1.LyncTopology) {}, v1alpha1.ReasonSharedOrganization},
		"a twin":            {"a rehearsal has them on purpose", func(lt *v1alpha1.LyncTopology) { lt.Spec.Twin = true }, ""},
		"other sites":       {"another organization of the domain", func(lt *v1alpha1.LyncTopology) { lt.Status.Sites = lt.Status.Sites[:1] }, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lt, other := lyncTopology(), lyncTopology()
			other.Namespace, other.Name, other.UID = "tenant", "theirs", "other"
			other.Status.DefaultDomain, other.Status.Sites = "contoso.com", []v1alpha1.SiteStatus{{Name: "Dublin"}, {Name: "Redmond"}}
			c.change(other)
			s := newStage(t, lt, other, managerSecret())
			s.atHome()
			s.look(lt)
			got := conditionOf(lt.Status.Conditions, v1alpha1.ConditionSharedOrganization)
			if got.Reason != c.want || strings.Contains(got.Message, "tenant") || strings.Contains(got.Message, "theirs") {
				t.Errorf("%s: it says %q: %s", c.reason, got.Reason, got.Message)
			}
			if ready := conditionOf(lt.Status.Conditions, v1alpha1.ConditionReady); ready.Reason != v1alpha1.ReasonObserved {
				t.Errorf("%s: Ready says %s: %s", c.reason, ready.Reason, ready.Message)
			}
		})
	}
}
