package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

// table prints rows under a heading.
func table(out io.Writer, heading string, rows func(row func(cells ...string))) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, heading)
	rows(func(cells ...string) { _, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) })
	return w.Flush()
}

func (p *plugin) status(c *cobra.Command, _ client.Client, route *v1alpha1.FederationRoute) error {
	s := route.Status
	c.Printf("%s wants federation on %s, mode %s\n", route.Name, route.Spec.EdgePool, route.Spec.Mode)
	if s.ObservedGeneration != route.Generation {
		c.Println("what follows is about an older spec; the controller has not looked at the present one yet")
	}
	for _, line := range []struct{ protocol, pool string }{{"SIP", s.SIPEdgePool}, {"XMPP", s.XMPPEdgePool}} {
		if line.pool != "" {
			c.Printf("%-4s is on %s\n", line.protocol, line.pool)
		}
	}
	c.Println()
	err := table(c.OutOrStdout(), "CONDITION\tSTATUS\tREASON\tMESSAGE", func(row func(...string)) {
		for _, cond := range s.Conditions {
			row(cond.Type, string(cond.Status), cond.Reason, cond.Message)
		}
	})
	if err != nil || len(s.Drift) == 0 {
		return err
	}
	c.Println()
	return table(c.OutOrStdout(), "DRIFT\tWANTED\tFOUND\tSINCE", func(row func(...string)) {
		for _, d := range s.Drift {
			row(d.Field, d.Wanted, d.Found, clock(d.Since))
		}
	})
}

func (p *plugin) plan(c *cobra.Command, _ client.Client, route *v1alpha1.FederationRoute) error {
	plan := route.Status.Plan
	if plan == nil {
		c.Printf("nothing is to be done for %s\n", route.Name)
		return nil
	}
	c.Printf("plan %s\n\n", plan.ID)
	return table(c.OutOrStdout(), "#\tSTEP\tTARGET\tFROM\tTO\tSTATE\tMESSAGE", func(row func(...string)) {
		for i, s := range plan.Steps {
			row(fmt.Sprint(i+1), s.Kind, s.Target, s.From, s.To, string(s.State), s.Message)
		}
	})
}

func (p *plugin) history(c *cobra.Command, _ client.Client, route *v1alpha1.FederationRoute) error {
	return table(c.OutOrStdout(), "TIME\tSTEP\tTARGET\tFROM\tTO\tRESULT\tMESSAGE", func(row func(...string)) {
		for _, h := range route.Status.History {
			row(clock(h.Time), h.Kind, h.Target, h.From, h.To, string(h.Result), h.Message)
		}
	})
}

// commands prints the closed catalogue of scripts.
func commands(c *cobra.Command, _ []string) error {
	return table(c.OutOrStdout(), "COMMAND\tWHAT\tCHANGES\tCMDLETS", func(row func(...string)) {
		for _, command := range shell.Commands() {
			row(command.Name, command.What, command.Changes, strings.Join(command.Cmdlets, ", "))
		}
	})
}

func clock(t metav1.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
