//go:build interop

package alerts_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/lyncsim"
	"github.com/fedroute/fedroute/test/support/program"
)

const (
	namespace    = "default"
	edge1, edge2 = "edge1.contoso.com", "edge2.contoso.com"
	edge1b       = "edge1b.contoso.com" // of the pool edge1
	brisk        = `
durations: {powershellStart: 150ms, moduleImport: 300ms, cmdlet: 10ms, publish: 600ms, enable: 400ms, replicationNotice: 100ms,
  replication: 1200ms, setup: 1200ms, serviceStart: 300ms, serviceStop: 200ms}
`
)

// healthy matches the lines of a manager that has nothing to tell.
var healthy = slices.Concat(leads, []string{`fedroute_route_info\{.*reason="InSync"`, `fedroute_topology_info\{.*reason="Observed"`,
	`fedroute_route_drift_fields\{.*\} 0$`, `fedroute_route_failed_steps\{.*\} 0$`, `fedroute_federation_port_answers\{.*protocol="SIP".*\} 1$`,
	`fedroute_edge_certificate_expiration_timestamp_seconds\{`,
	`fedroute_route_warning\{.*warning="Degraded"\} 0$`, `fedroute_route_warning\{.*warning="OtherPoolFederates"\} 0$`, `fedroute_route_warning\{.*warning="StandbyMayBeRefused"\} 0$`})

// story is the organization Contoso, its route, and two managers.
type story struct {
	org             *lyncsim.Organization
	leader, standby *replica
}

func tell(t *testing.T) *story {
	t.Helper()
	s := &story{org: lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Besides: map[string]string{edge1: edge1b}, Extra: brisk})}
	kubectl(t, "apply", "-f", s.org.File("organization.yaml"))
	kubectl(t, "patch", "lt", "contoso", "--type=merge", "-p", `{"spec":{"pollInterval":"2s"}}`)
	text, err := os.ReadFile(filepath.Join(root, "config/samples/contoso.yaml"))
	must(t, err)
	r := new(v1alpha1.FederationRoute)
	must(t, yaml.UnmarshalStrict(text, r))
	r.Namespace, r.Spec.Interval.Duration = namespace, 5*time.Second
	for i := range r.Spec.DNS.Servers {
		r.Spec.DNS.Servers[i].Address, r.Spec.DNS.Servers[i].ReadBackFrom = s.org.DNS[0], s.org.DNS
	}
	must(t, objects.Create(t.Context(), r))
	s.leader = start(t)
	s.waits(t, "the first manager has nothing to tell", healthy...)
	s.standby = start(t)
	return s
}

// waits waits until the leader's metrics match all patterns.
func (s *story) waits(t *testing.T, what string, patterns ...string) {
	t.Helper()
	var last scrape
	defer func() {
		if t.Failed() {
			t.Logf("its metrics were:\n%s", strings.Join(regexp.MustCompile(`(?m)^fedroute_(route|topology|federation|edge|obs).*$`).FindAllString(last.text, -1), "\n"))
		}
	}()
	eventually(t, what, func() bool { last = s.leader.scrape(t); return last.has(patterns...) })
}

// fault is a fault of the simulator that a test asks for.
type fault struct {
	Kind   string `json:"kind"`
	Target string `json:"target,omitempty"`
	Times  int    `json:"times,omitempty"`
}

// mend ends every fault of the simulator that a test asked for.
func (s *story) mend(t *testing.T) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, s.org.Admin+"/faults", nil)
	must(t, err)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	must(t, response.Body.Close())
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
}

func (s *story) change(t *testing.T, edit func(*v1alpha1.FederationRouteSpec)) {
	t.Helper()
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "contoso"}}
	must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(r), r))
	base := r.DeepCopy()
	edit(&r.Spec)
	must(t, objects.Patch(t.Context(), r, client.MergeFrom(base)))
}

// moveTo lets the spec name the pool, in a mode.
func (s *story) moveTo(t *testing.T, pool string, mode v1alpha1.Mode) {
	t.Helper()
	s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.EdgePool, spec.Mode = v1alpha1.Hostname(pool), mode })
}

func (s *story) store(t *testing.T, password string) {
	t.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "contoso-management"}}
	must(t, objects.Get(t.Context(), client.ObjectKeyFromObject(secret), secret))
	secret.Data["password"] = []byte(password)
	must(t, objects.Update(t.Context(), secret))
}

func (s *story) password(t *testing.T) string {
	t.Helper()
	return s.org.Account(t, s.org.Machine(t, "fe1.contoso.com")).Password
}

// situations are what alerts are for, each by the alert's name.
var situations = []struct {
	alert string
	what  string
	after int            // minutes that the alert waits
	fires map[string]int // alerts in the end, and for how many things each
	begin func(*story, *testing.T)
	shows []string
	end   func(*story, *testing.T)
}{
	{"FedrouteEdgeCertificateEnds", "the certificate of the active pool has ten days left", 5, map[string]int{"FedrouteEdgeCertificateEnds": 1},
		func(s *story, t *testing.T) {
			s.org.Do(t, "/machines/"+edge1+"/certificate", map[string]any{"life": "240h"})
		}, nil,
		func(s *story, t *testing.T) {
			s.org.Do(t, "/machines/"+edge1+"/certificate", map[string]any{"life": "8760h"})
		}},
	{"FedrouteOtherPoolFederates", "somebody ticks the boxes of a pool that no route names", 15, map[string]int{"FedrouteOtherPoolFederates": 1},
		func(s *story, t *testing.T) {
			s.org.Do(t, "/edgepools/"+edge2+"/flags", map[string]any{"federation": true})
		}, []string{`fedroute_route_info\{.*reason="InSync"`, `fedroute_route_warning\{.*warning="OtherPoolFederates"\} 1$`},
		func(s *story, t *testing.T) {
			s.org.Do(t, "/edgepools/"+edge2+"/flags", map[string]any{"federation": false})
		}},
	{"FedrouteStandbyNotReady", "the certificate of the standby pool lacks a name", 30, map[string]int{"FedrouteStandbyNotReady": 1},
		func(s *story, t *testing.T) {
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.StandbyEdgePools = []v1alpha1.Hostname{edge2} })
			s.org.Do(t, "/machines/"+edge2+"/certificate", map[string]any{"life": "8760h", "without": []string{"fed.contoso.com"}})
		}, []string{`fedroute_route_info\{.*reason="InSync"`, `fedroute_route_warning\{.*warning="StandbyMayBeRefused"\} 1$`},
		func(s *story, t *testing.T) {
			s.org.Do(t, "/machines/"+edge2+"/certificate", map[string]any{"life": "8760h"})
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.StandbyEdgePools = nil })
		}},
	{"FedrouteContested", "somebody changes a record back again and again", 5, map[string]int{"FedrouteContested": 1},
		func(s *story, t *testing.T) {
			eventually(t, "the record being left", func() bool {
				s.org.Do(t, "/dns/records", map[string]any{"name": "fed.contoso.com", "type": "A", "values": []string{"192.0.2.66"}})
				return s.leader.scrape(t).has(`fedroute_route_contested_fields\{.*\} 1$`)
			})
		}, []string{`fedroute_route_info\{.*reason="Contested"`, `fedroute_route_contested_fields\{.*\} 1$`},
		func(s *story, t *testing.T) {
			kubectl(t, "annotate", "fr", "contoso", "--overwrite", v1alpha1.AnnotationRequestedAt+"="+time.Now().UTC().Format(time.RFC3339))
		}},
	{"FedrouteDriftStays", "somebody changes a record, and the mode is Observe", 60, map[string]int{"FedrouteDriftStays": 1},
		func(s *story, t *testing.T) {
			s.moveTo(t, edge1, v1alpha1.ModeObserve)
			s.org.Do(t, "/dns/records", map[string]any{"name": "fed.contoso.com", "type": "A", "values": []string{"192.0.2.66"}})
		}, []string{`fedroute_route_info\{.*reason="Drifted"`, `fedroute_route_ready\{.*\} 1$`, `fedroute_route_drift_fields\{.*\} [1-9]`},
		func(s *story, t *testing.T) { s.moveTo(t, edge1, v1alpha1.ModeEnforce) }},
	{"FedrouteApprovalWaits", "somebody changes a record, and to undo that waits for approval", 30, map[string]int{"FedrouteApprovalWaits": 1},
		func(s *story, t *testing.T) {
			s.moveTo(t, edge1, v1alpha1.ModeApprove)
			s.waits(t, "a look in mode Approve", `fedroute_route_info\{.*mode="Approve".*reason="InSync"`)
			s.org.Do(t, "/dns/records", map[string]any{"name": "fed.contoso.com", "type": "A", "values": []string{"192.0.2.66"}})
		}, []string{`fedroute_route_info\{.*reason="AwaitingApproval"`, `fedroute_route_drift_fields\{.*\} [1-9]`},
		func(s *story, t *testing.T) { s.moveTo(t, edge1, v1alpha1.ModeEnforce) }},
	{"FedrouteRunFailed", "the topology cannot be published", 5, map[string]int{"FedrouteRunFailed": 1},
		func(s *story, t *testing.T) {
			s.org.Do(t, "/faults", fault{Kind: "PublishFails", Times: 1000})
			s.moveTo(t, edge2, v1alpha1.ModeEnforce)
		}, []string{`fedroute_route_info\{.*reason="StepFailed"`, `fedroute_route_failed_steps\{.*\} 1$`},
		func(s *story, t *testing.T) { s.mend(t); s.moveTo(t, edge1, v1alpha1.ModeEnforce) }},
	{"FedrouteLookTooOld", "every management server is dead", 5, map[string]int{"FedrouteLookTooOld": 1},
		func(s *story, t *testing.T) {
			for _, m := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
				s.org.Do(t, "/machines/"+m+"/kill", nil)
			}
		}, []string{`fedroute_topology_info\{.*reason="Unreachable"`, `fedroute_route_info\{.*reason="Unreachable"`},
		func(s *story, t *testing.T) {
			for _, m := range []string{"fe1.contoso.com", "fe2.contoso.com"} {
				s.org.Do(t, "/machines/"+m+"/return", map[string]any{"services": "start"})
			}
		}},
	{"FedrouteCredentialsRefused", "the account's password was changed", 5, map[string]int{"FedrouteCredentialsRefused": 1, "FedrouteLookTooOld": 1},
		func(s *story, t *testing.T) { s.store(t, "Another-passw0rd") },
		[]string{`fedroute_topology_info\{.*reason="Denied"`, `fedroute_route_info\{.*reason="Denied"`},
		func(s *story, t *testing.T) { s.store(t, s.password(t)) }},
	{"FedrouteMachineLeftOut", "one of two machines of the active pool is dead, and the spec allows to do without", 5, map[string]int{"FedrouteMachineLeftOut": 1},
		func(s *story, t *testing.T) {
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.MinAvailable = new(intstr.FromInt32(1)) })
			s.org.Do(t, "/machines/"+edge1b+"/kill", nil)
		}, []string{`fedroute_route_info\{.*reason="InSync"`, `fedroute_route_warning\{.*warning="Degraded"\} 1$`},
		func(s *story, t *testing.T) {
			s.org.Do(t, "/machines/"+edge1b+"/return", map[string]any{"services": "start"})
			s.change(t, func(spec *v1alpha1.FederationRouteSpec) { spec.MinAvailable = nil })
		}},
	{"FedrouteNoAddressAnswers", "the active pool dies", 2, map[string]int{"FedrouteNoAddressAnswers": 2}, // SIP and XMPP
		func(s *story, t *testing.T) { s.org.Do(t, "/pools/"+edge1+"/kill", map[string]any{}) },
		[]string{`fedroute_federation_port_answers\{.*protocol="SIP".*\} 0$`, `fedroute_federation_port_answers\{.*protocol="XMPP".*\} 0$`},
		nil}, // the chapters after it begin with the dead pool
}

// TestAlertsFireAndFallSilent brings about each situation. In the middle of each the leader is
// stopped, and the standby takes over. The recorded metrics are held for as long as the alert
// waits, with one takeover before the alert fires and one after.
func TestAlertsFireAndFallSilent(t *testing.T) {
	rules := shippedRules(t)
	s := tell(t)
	before := s.leader.record(t)
	t.Run("metrics and rules are well formed", func(t *testing.T) {
		t.Attr("case", "promtool finds nothing to say about the manager's metrics and the shipped rules")
		t.Attr("with", "prometheus")
		p := program.In(t)
		own := regexp.MustCompile(`(?m)^(# (HELP|TYPE) )?fedroute_.*\n`).FindAllString(before.second.text, -1)
		if out := p.Run(t, strings.Join(own, ""), "promtool", "check", "metrics"); out != "" {
			t.Errorf("promtool check metrics: %s", out)
		}
		p.Run(t, "", "promtool", "check", "rules", rules)
		for _, name := range []string{"fedroute_remote_command_duration_seconds_count", "fedroute_dns_update_duration_seconds_count", "fedroute_run_duration_seconds_count", "fedroute_build_info"} {
			if !before.second.has(name) {
				t.Errorf("after a first run there is no %s", name)
			}
		}
	})
	var dead pair
	told := map[string]bool{}
	for _, c := range situations {
		told[c.alert] = true
		ok := t.Run(c.alert, func(inner *testing.T) {
			inner.Attr("case", "promtool lets "+c.alert+" fire while "+c.what+", also over a change of the leader, and no other alert than expected")
			inner.Attr("with", "prometheus")
			s.waits(inner, "nothing is to be told", healthy...)
			before, idle := s.leader.record(inner), s.standby.idle(inner)
			c.begin(s, inner)
			shows := slices.Concat(leads, c.shows)
			if c.alert == "FedrouteEdgeCertificateEnds" {
				ends := regexp.MustCompile(`(?m)^fedroute_edge_certificate.*$`).FindString(before.second.text)
				eventually(inner, "another certificate is seen", func() bool { return !strings.Contains(s.leader.scrape(inner).text, ends) })
			}
			s.waits(inner, c.what, shows...)
			during := s.leader.record(inner)
			taken := s.takeOver(t, inner)
			s.waits(inner, c.what+", as the next leader sees it", shows...)
			settled := s.leader.record(inner)
			dead = settled
			retried := settled
			if c.alert == "FedrouteRunFailed" { // while it is tried again, nothing shows as failed
				s.waits(inner, "the run is tried again", `fedroute_route_info\{.*reason="Progressing"`, `fedroute_route_failed_steps\{.*\} 0$`)
				now := s.leader.scrape(inner)
				retried = pair{now, now}
			}
			after := before
			if c.end != nil {
				c.end(s, inner)
				s.waits(inner, "nothing is to be told again", healthy...)
				after = s.leader.record(inner)
			}
			var l timeline
			l.add(inner, 30, seen{"a", before}, seen{"b", idle})
			began := l.minutes
			l.add(inner, c.after/2+1, seen{"a", during}, seen{"b", idle})
			l.add(inner, 1, seen{"b", idle}) // nobody works in this minute
			l.add(inner, 1, seen{"b", taken})
			l.add(inner, c.after/2+10, seen{"b", settled}, seen{"c", idle})
			l.add(inner, 1, seen{"c", idle})
			l.add(inner, 1, seen{"c", taken})
			l.add(inner, 10, seen{"c", settled}, seen{"d", idle})
			l.add(inner, 15, seen{"c", retried}, seen{"d", idle})
			l.add(inner, 60, seen{"c", settled}, seen{"d", idle})
			ended := l.minutes
			l.add(inner, 60, seen{"c", after}, seen{"d", idle})
			want := []expected{{began - 1, "", nil}, {began + c.after - 1, c.alert, nil}, {ended - 1, "", c.fires}}
			for m := began + c.after; m < ended; m++ {
				want = append(want, expected{m, c.alert, map[string]int{c.alert: c.fires[c.alert]}})
			}
			for m := ended + 6; m < l.minutes; m += 9 {
				want = append(want, expected{m, "", nil})
			}
			l.judge(inner, rules, want)
		})
		if !ok {
			return // the next situation begins where this one should have ended
		}
	}
	for _, name := range names(t, rules) {
		if !told[name] {
			t.Errorf("nothing is told of the alert %s", name)
		}
	}
	t.Run("a run is under way", func(t *testing.T) {
		t.Attr("case", "promtool keeps FedrouteNoAddressAnswers silent while a run moves federation away from a dead pool")
		t.Attr("with", "prometheus")
		s.moveTo(t, edge2, v1alpha1.ModeEnforce)
		s.waits(t, "a run is under way", append([]string{`fedroute_route_info\{.*reason="Progressing"`}, situations[len(situations)-1].shows...)...)
		running := s.leader.scrape(t)
		s.waits(t, "federation is on the other pool", append([]string{`fedroute_federation_port_answers\{.*edge_pool="` + edge2}, healthy...)...)
		var l timeline
		l.add(t, 20, seen{"a", dead})
		l.add(t, 90, seen{"a", pair{running, running}})
		l.add(t, 20, seen{"a", s.leader.record(t)})
		want := []expected{{19, "", map[string]int{"FedrouteNoAddressAnswers": 2}}}
		for m := 20; m < l.minutes; m += 3 {
			want = append(want, expected{m, "FedrouteNoAddressAnswers", nil})
		}
		l.judge(t, rules, want)
	})
	now, idle := s.leader.record(t), s.standby.idle(t)
	t.Run("no manager works", func(t *testing.T) {
		t.Attr("case", "promtool lets FedrouteLookTooOld fire while no replica of the manager works")
		t.Attr("with", "prometheus")
		for name, rest := range map[string][]seen{"all replicas are gone": nil, "a standby never gets the lease": {{"b", idle}}} {
			t.Run(name, func(t *testing.T) {
				var l timeline
				l.add(t, 20, seen{"a", now}, seen{"b", idle})
				l.add(t, 120, rest...)
				l.judge(t, rules, []expected{{19, "", nil}, {23, "", nil}, {35, "", map[string]int{"FedrouteLookTooOld": 1}}, {139, "", map[string]int{"FedrouteLookTooOld": 1}}})
			})
		}
	})
	t.Run("an organization is deleted", func(t *testing.T) {
		t.Attr("case", "promtool keeps every alert silent after an organization and its route were deleted")
		t.Attr("with", "prometheus")
		kubectl(t, "delete", "fr,lt", "contoso")
		var gone scrape
		eventually(t, "their series are gone", func() bool {
			gone = s.leader.scrape(t)
			return !gone.has(`fedroute_\w+\{.*namespace="default"`)
		})
		var l timeline
		l.add(t, 20, seen{"a", now}, seen{"b", idle})
		l.add(t, 120, seen{"a", pair{gone, gone}}, seen{"b", idle})
		var want []expected
		for m := 10; m < l.minutes; m += 5 {
			want = append(want, expected{m, "", nil})
		}
		l.judge(t, rules, want)
	})
}

// takeOver stops the leader, as a rollout does, and starts another standby. It gives what the
// next leader says first.
func (s *story) takeOver(whole, t *testing.T) pair {
	t.Helper()
	s.leader.stop()
	s.leader = s.standby
	var first scrape
	eventually(t, "the standby takes over", func() bool { first = s.leader.scrape(t); return first.has(leads...) })
	s.standby = start(whole)
	return pair{first, first}
}

// idle gives what a standby says.
func (r *replica) idle(t *testing.T) pair {
	t.Helper()
	var now scrape
	eventually(t, "the replica stands by", func() bool { now = r.scrape(t); return now.has(`leader_election_master_status\{.*\} 0$`) })
	if now.has(`fedroute_(route|topology)`) {
		t.Error("a standby has series of objects")
	}
	return pair{now, now}
}

// shippedRules writes the rules of config/prometheus as Prometheus itself reads them, and gives
// the file's path.
func shippedRules(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "config/prometheus/rules.yaml"))
	must(t, err)
	var shipped struct{ Spec map[string]any }
	must(t, yaml.Unmarshal(text, &shipped))
	text, err = yaml.Marshal(shipped.Spec)
	must(t, err)
	p := program.In(t)
	p.Write(t, "rules.yaml", string(text))
	return p.File("rules.yaml")
}

// names lists the alerts of a rule file.
func names(t *testing.T, rules string) []string {
	t.Helper()
	text, err := os.ReadFile(rules)
	must(t, err)
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)alert: (\w+)$`).FindAllStringSubmatch(string(text), -1) {
		found[m[1]] = true
	}
	if len(found) < 5 {
		t.Fatalf("found %s; the search is broken", cmp.Diff(nil, found))
	}
	return slices.Sorted(maps.Keys(found))
}
