package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

// printed is a verb that only prints what the route's status says.
func printed(write func(page, *v1alpha1.FederationRoute)) func(*cobra.Command, client.Client, *v1alpha1.FederationRoute) error {
	return func(c *cobra.Command, _ client.Client, route *v1alpha1.FederationRoute) error {
		write(pageOf(c), route)
		return nil
	}
}

func printStatus(p page, route *v1alpha1.FederationRoute) {
	s := route.Status
	suspended := ""
	if route.Spec.Suspend {
		suspended = ", suspended"
	}
	p.line("%s wants federation on %s, mode %s%s", route.Name, route.Spec.EdgePool, route.Spec.Mode, suspended)
	if !current(p, route) {
		return
	}
	printPool(p, "SIP", route.Spec.SIP, s.SIPEdgePool)
	printPool(p, "XMPP", route.Spec.XMPP, s.XMPPEdgePool)
	ready := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionReady)
	for _, c := range s.Conditions {
		message := c.Message
		if ready != nil && c.Type != ready.Type && message == ready.Message {
			message = "" // Reconciling and Stalled repeat what Ready says
		}
		older := ""
		if ready != nil && c.ObservedGeneration < ready.ObservedGeneration {
			older = ", as last seen, for an older spec" // the present one could not be compared yet
		}
		p.line("")
		p.entry(fmt.Sprintf("%s is %s: %s%s", c.Type, c.Status, c.Reason, older), message)
	}
	for _, a := range s.Absent {
		p.line("")
		printAbsent(p, a)
	}
	if s.Plan != nil {
		p.line("")
		p.line("%s; see %s", progress(s.Plan), command("plan", route))
	}
	found := "found "
	if ready != nil && ready.Reason == v1alpha1.ReasonProgressing {
		found = "found, when the plan began, " // nobody has looked since
	}
	for _, d := range s.Drift {
		p.line("")
		p.entry("drift of "+d.Field, found+d.Found, "wanted "+d.Wanted, "since "+clock(d.Since))
	}
}

// printAbsent says of a machine of the Edge pool since when it does not take part.
func printAbsent(p page, a v1alpha1.AbsentServer) {
	lines := []string{"without an answer since " + clock(a.Since)}
	if a.LeftOut == nil {
		p.entry("does not answer: "+a.Server, lines...)
		return
	}
	lines = append(lines, "left out of setup, ports and DNS since "+clock(*a.LeftOut))
	if a.Answers != nil {
		lines = append(lines, "answers again since "+clock(*a.Answers)+", and takes part again when it still does ten minutes later")
	}
	p.entry("left out: "+a.Server, lines...)
}

// current reports whether the controller has looked at the object, and says so where it
// has not, or not at the present spec.
func current(p page, route *v1alpha1.FederationRoute) bool {
	switch s := route.Status; {
	case len(s.Conditions) == 0:
		p.line("no controller has looked at it yet; is the manager running?")
		return false
	case s.ObservedGeneration != route.Generation:
		p.line("what follows is about an older spec; the controller has not looked at the present one yet")
	}
	return true
}

func printPool(p page, protocol string, managed *v1alpha1.ProtocolRoute, pool string) {
	switch {
	case managed == nil:
	case pool == "":
		p.line("%-4s is on no single Edge pool: its sites differ, or one has no route", protocol)
	default:
		p.line("%-4s is on %s", protocol, pool)
	}
}

// progress counts the steps of a plan by what became of them.
func progress(plan *v1alpha1.Plan) string {
	count := make(map[v1alpha1.StepState]int, len(plan.Steps))
	for _, s := range plan.Steps {
		count[s.State]++
	}
	text := fmt.Sprintf("plan %s: %d steps", plan.ID, len(plan.Steps))
	for _, state := range []v1alpha1.StepState{v1alpha1.StepDone, v1alpha1.StepSkipped, v1alpha1.StepRunning, v1alpha1.StepFailed, v1alpha1.StepPending} {
		if n := count[state]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, state)
		}
	}
	if len(plan.Omitted) > 0 {
		text += "; status has no room for the others"
	}
	return text
}

func printPlan(p page, route *v1alpha1.FederationRoute) {
	if !current(p, route) {
		return
	}
	plan := route.Status.Plan
	if plan == nil {
		p.line("%s has no plan", route.Name)
		if ready := meta.FindStatusCondition(route.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
			p.entry(fmt.Sprintf("%s is %s: %s", ready.Type, ready.Status, ready.Reason), ready.Message)
		}
		return
	}
	p.line("%s", progress(plan))
	p.line("")
	depth := depths(plan.Steps)
	for i, s := range plan.Steps {
		margin := strings.Repeat("  ", depth[i])
		p.entry(fmt.Sprintf("%2d  %-7s  %s%s %s", i+1, s.State, margin, s.Kind, s.Target), append(p.change(s.From, s.To), s.Message, timing(s))...)
	}
	printDrain(p, route)
	for _, notice := range plan.Notices {
		p.line("")
		p.entry("to know", notice)
	}
	for _, o := range route.Status.Owed {
		p.line("")
		p.entry("cannot be done now: "+o.Part, o.Message, "since "+clock(o.Since))
	}
}

// printDrain says until when the steps pause that end federation on the pools that the move
// left.
func printDrain(p page, route *v1alpha1.FederationRoute) {
	m, ready := route.Status.Move, meta.FindStatusCondition(route.Status.Conditions, v1alpha1.ConditionReady)
	draining := ready != nil && ready.Reason == v1alpha1.ReasonDraining
	if m == nil || m.DrainsUntil == nil && !draining {
		return
	}
	until := "until every authoritative server shows the new records and they have forgotten the old ones"
	if m.DrainsUntil != nil {
		until = "until " + clock(*m.DrainsUntil)
	}
	p.line("")
	p.entry("the steps that end federation on "+strings.Join(m.Leaves, ", ")+" pause", "partners who remember the old records are served there "+until)
}

func printHistory(p page, route *v1alpha1.FederationRoute) {
	if len(route.Status.History) == 0 {
		p.line("no step of %s has changed anything or failed yet", route.Name)
	}
	for _, h := range route.Status.History {
		p.entry(fmt.Sprintf("%s  %-6s  %s %s", clock(h.Time), h.Result, h.Kind, h.Target), append(p.change(h.From, h.To), h.Message, repeated(h))...)
	}
}

// repeated says how often a step failed; "" for once.
func repeated(h v1alpha1.HistoryEntry) string {
	if h.Count < 2 || h.FirstTime == nil {
		return ""
	}
	return fmt.Sprintf("failed %d times since %s", h.Count, clock(*h.FirstTime))
}

// change is what a step makes of what it found: one text, or two where one would be wrapped.
func (p page) change(from, to string) []string {
	text := from + " -> " + to
	switch {
	case from == "":
		return []string{to}
	case hangingIndent+utf8.RuneCountInString(text) > p.width:
		return []string{"from " + from, "to " + to}
	}
	return []string{text}
}

// command is a verb of the plugin about the route, as a person types it.
func command(verb string, route *v1alpha1.FederationRoute) string {
	return fmt.Sprintf("kubectl fedroute %s %s -n %s", verb, route.Name, route.Namespace)
}

// commands prints the closed catalogue of scripts.
func commands(c *cobra.Command, _ []string) error {
	p := pageOf(c)
	for _, script := range shell.Commands() {
		p.entry(script.Name, script.What, "changes: "+script.Changes, "cmdlets: "+strings.Join(script.Cmdlets, ", "))
	}
	return nil
}

func clock(t metav1.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
