package status

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// Absences gives what status remembers of machines that do not answer.
func Absences(s v1alpha1.FederationRouteStatus) map[lync.Host]plan.Absence {
	out := make(map[lync.Host]plan.Absence, len(s.Absent))
	for _, a := range s.Absent {
		out[lync.HostOf(a.Server)] = plan.Absence{Since: a.Since.Time, Left: timeOf(a.LeftOut), Answers: timeOf(a.Answers)}
	}
	return out
}

func timeOf(t *metav1.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

// absent puts what is remembered of such machines into the words of the API.
func absent(f Facts) []v1alpha1.AbsentServer {
	if f.Absent == nil {
		return f.Previous.Absent
	}
	var out []v1alpha1.AbsentServer
	for _, name := range slices.Sorted(maps.Keys(f.Absent)) {
		a := f.Absent[name]
		out = append(out, v1alpha1.AbsentServer{Server: string(name), Since: metav1.NewTime(a.Since), LeftOut: seconds(a.Left), Answers: seconds(a.Answers)})
	}
	return out
}

// degrade sets or removes the condition that names the machines that are left out.
func (c conditions) degrade(f Facts) {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(f.Absent)) {
		if a := f.Absent[name]; !a.Left.IsZero() {
			out = append(out, f.leftOut(name, a))
		}
	}
	message := ""
	if len(out) > 0 {
		message = strings.Join(out, "; ") + "; the other machines of " + f.Desired.Pool.FQDN +
			" do without, as spec.minAvailable allows; repair it, or set outOfService for it in the LyncTopology to leave it out for good"
	}
	c.tell(v1alpha1.ConditionDegraded, v1alpha1.ReasonMachineLeftOut, message)
}

// leftOut says of a machine since when and why it is left out, and when it comes back.
func (f Facts) leftOut(name lync.Host, a plan.Absence) string {
	since := fmt.Sprintf("%s is left out of setup, ports and DNS since %s", name, a.Left.UTC().Format(time.RFC3339))
	if f.Observed.Returning[name] {
		return fmt.Sprintf("%s was left out of setup, ports and DNS, answers since %s and is taken in again, set up first", name, a.Answers.UTC().Format(time.RFC3339))
	}
	if !a.Answers.IsZero() {
		return fmt.Sprintf("%s; it answers since %s, and is taken in again at %s if it still does, set up first", since, a.Answers.UTC().Format(time.RFC3339), a.Next().UTC().Format(time.RFC3339))
	}
	if part := f.Observed.EdgeServers[name]; part.Err != nil {
		since += ": " + fault.Cause(part.Err)
	}
	return since
}

// absentEvents gives an event when other machines are left out than before.
func absentEvents(previous, next v1alpha1.FederationRouteStatus) []Event {
	left := func(s v1alpha1.FederationRouteStatus) (out []string) {
		for _, a := range s.Absent {
			if a.LeftOut != nil {
				out = append(out, a.Server)
			}
		}
		return out
	}
	before, now := left(previous), left(next)
	told := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionDegraded)
	var out []Event
	if told != nil && slices.ContainsFunc(now, func(name string) bool { return !slices.Contains(before, name) }) {
		out = append(out, Event{corev1.EventTypeWarning, told.Reason, "Observe", clip(told.Message)})
	}
	for _, name := range before {
		if !slices.Contains(now, name) {
			out = append(out, Event{corev1.EventTypeNormal, "MachineTakenIn", "Observe", clip(name + " takes part again")})
		}
	}
	return out
}
