package scenario_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// patience bounds every wait of a story. It does not measure speed.
const patience = 3 * time.Minute

// until watches the route until it is as asked. When patience ends, it reports how the
// route last looked. A watch may begin with the route from before the story's last edit.
// Such a state does not count.
func (s *story) until(r *v1alpha1.FederationRoute, what string, ok func(*v1alpha1.FederationRoute) bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	latest := r.Generation
	for ctx.Err() == nil { // an API server may end a watch at any time
		w, err := objects.Watch(ctx, &v1alpha1.FederationRouteList{}, client.InNamespace(r.Namespace), byName(r.Name))
		if err != nil {
			continue
		}
		for e := range w.ResultChan() {
			if now, is := e.Object.(*v1alpha1.FederationRoute); is && now.Generation >= latest {
				now.DeepCopyInto(r)
				if ok(r) {
					w.Stop()
					return
				}
			}
		}
	}
	s.Fatalf("%s did not happen; the route says:\n%s%s", what, describe(r), s.journal())
}

func byName(name string) client.ListOption {
	return client.MatchingFieldsSelector{Selector: fields.OneTermEqualSelector("metadata.name", name)}
}

// settled waits until federation is as the route's present generation asks.
func (s *story) settled(r *v1alpha1.FederationRoute) {
	s.Helper()
	s.until(r, "getting ready", ready)
}

func ready(r *v1alpha1.FederationRoute) bool {
	c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady)
	return c != nil && r.Status.ObservedGeneration == r.Generation && c.Status == metav1.ConditionTrue && c.Reason == v1alpha1.ReasonInSync
}

// says waits until Ready of the route's present generation has the reason and a message
// that contains each text.
func (s *story) says(r *v1alpha1.FederationRoute, reason string, texts ...string) {
	s.Helper()
	s.until(r, "saying "+reason+" "+strings.Join(texts, ", "), func(r *v1alpha1.FederationRoute) bool {
		c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady)
		return c != nil && r.Status.ObservedGeneration == r.Generation && c.Reason == reason && containsAll(c.Message, texts)
	})
}

// stalled checks that the last route that was read is Stalled, so that no pipeline waits
// for it.
func (s *story) stalled(r *v1alpha1.FederationRoute) {
	s.Helper()
	if !meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionStalled) || meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReconciling) {
		s.Errorf("the route should be Stalled and is %+v", r.Status.Conditions)
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// stands waits until a step of the kind is in the state.
func (s *story) stands(r *v1alpha1.FederationRoute, kind string, state v1alpha1.StepState, texts ...string) {
	s.Helper()
	s.until(r, fmt.Sprintf("%s being %s %v", kind, state, texts), func(r *v1alpha1.FederationRoute) bool {
		if r.Status.Plan == nil || r.Status.ObservedGeneration != r.Generation {
			return false
		}
		for _, step := range r.Status.Plan.Steps {
			if step.Kind == kind && step.State == state && containsAll(step.Message, texts) {
				return true
			}
		}
		return false
	})
}

// hears waits for an event about the route with the reason and the texts.
func (s *story) hears(r *v1alpha1.FederationRoute, reason string, texts ...string) {
	s.Helper()
	var heard []string
	s.eventually("an event "+reason+" with "+strings.Join(texts, ", "), func() bool {
		var all eventsv1.EventList
		s.must(objects.List(s.ctx, &all, client.InNamespace(s.namespace)))
		heard = nil
		for _, e := range all.Items {
			heard = append(heard, e.Reason+": "+e.Note)
			if e.Regarding.Name == r.Name && e.Reason == reason && containsAll(e.Note, texts) {
				return true
			}
		}
		return false
	}, func() string { return strings.Join(heard, "\n") })
}

// eventually checks again and again something that cannot be watched.
func (s *story) eventually(what string, ok func() bool, tell func() string) {
	s.Helper()
	s.atLast(what, ok, func() bool { return false }, tell)
}

// afterManyWrites is eventually for what takes many writes to the organization: patience
// begins anew with each. The writes must have an end.
func (s *story) afterManyWrites(what string, ok func() bool, tell func() string) {
	s.Helper()
	written := s.writes()
	s.atLast(what, ok, func() bool {
		before := written
		written = s.writes()
		return written != before
	}, tell)
}

// atLast checks again and again. When goesOn reports that something happened, patience
// begins anew.
func (s *story) atLast(what string, ok, goesOn func() bool, tell func() string) {
	s.Helper()
	patient := time.NewTimer(patience)
	defer patient.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-again.C:
			if goesOn() {
				patient.Reset(patience)
			}
		case <-patient.C:
			s.Fatalf("%s did not happen:\n%s", what, tell())
		}
	}
}

// lookedAt waits until the organization has been read so many more times.
func (s *story) lookedAt(times int64) {
	s.Helper()
	const cmdlet = "Get-CsSite" // each reading of the topology runs this cmdlet
	enough := s.org.Counters().Cmdlets[cmdlet] + times
	s.eventually("further looks at the organization", func() bool { return s.org.Counters().Cmdlets[cmdlet] >= enough },
		func() string { return fmt.Sprint(s.org.Counters().Cmdlets) })
}

// journal returns the last writes to the organization, for a story that failed.
func (s *story) journal() string {
	var b strings.Builder
	all := s.org.Farm().Journal()
	for _, e := range all[max(0, len(all)-25):] {
		fmt.Fprintf(&b, "%s %s %s: %s -> %s %s\n", e.At.Format("05.000"), e.Actor.Command, e.Object, e.From, e.To, e.Error)
	}
	return b.String()
}

func describe(r *v1alpha1.FederationRoute) string {
	var b strings.Builder
	fmt.Fprintf(&b, "generation %d, observed %d\n", r.Generation, r.Status.ObservedGeneration)
	for _, c := range r.Status.Conditions {
		fmt.Fprintf(&b, "%s=%s %s: %s\n", c.Type, c.Status, c.Reason, c.Message)
	}
	if r.Status.Plan != nil {
		fmt.Fprintf(&b, "plan %s\n", r.Status.Plan.ID)
		for _, step := range r.Status.Plan.Steps {
			fmt.Fprintf(&b, "  %s %s: %s -> %s [%s] %s\n", step.Kind, step.Target, step.From, step.To, step.State, step.Message)
		}
	}
	for _, h := range r.Status.History {
		fmt.Fprintf(&b, "history %s %s %s %s\n", h.Kind, h.Target, h.Result, h.Message)
	}
	return b.String()
}
