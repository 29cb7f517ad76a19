// Command kubectl-fedroute is a kubectl plugin with the verbs of the people who
// route federation: kubectl fedroute status, plan, approve, adopt, history, suspend,
// resume, reconcile, failback and commands.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// plugin is what the verbs share: the cluster and the namespace of the routes.
type plugin struct {
	kubeconfig, context, namespace string
}

func newCommand() *cobra.Command {
	p := &plugin{}
	root := &cobra.Command{
		Use:           "kubectl-fedroute",
		Short:         "Look at and decide about FederationRoutes",
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl fedroute"},
		Version:       version.String(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(os.Stdout)
	flags := root.PersistentFlags()
	flags.StringVar(&p.kubeconfig, "kubeconfig", "", "path of the kubeconfig; empty: as kubectl finds it")
	flags.StringVar(&p.context, "context", "", "context of the kubeconfig to use")
	flags.StringVarP(&p.namespace, "namespace", "n", "", "namespace of the route; empty: the context's")
	root.AddCommand(
		p.verb("status ROUTE", "Say where a route stands, part by part", printed(printStatus)),
		p.verb("plan ROUTE", "Show the steps that would be, or are being, taken", printed(printPlan)),
		p.verb("approve ROUTE", "Approve the plan that the route shows now", p.approve),
		p.adopt(),
		p.verb("history ROUTE", "Show what was changed, newest first", printed(printHistory)),
		p.verb("suspend ROUTE", "Stop all changes; observation goes on", p.suspend(true)),
		p.verb("resume ROUTE", "Let changes go on", p.suspend(false)),
		p.verb("reconcile ROUTE", "Ask for a look now instead of at the next interval", p.reconcile),
		p.failBack(),
		p.kit(),
		&cobra.Command{Use: "commands", Short: "List everything the controller can run on a server", Args: cobra.NoArgs, RunE: commands},
	)
	return root
}

// verb is a command about one route.
func (p *plugin) verb(use, short string, run func(*cobra.Command, client.Client, *v1alpha1.FederationRoute) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: exactly(1), RunE: func(c *cobra.Command, args []string) error {
		api, namespace, err := p.connect()
		if err != nil {
			return err
		}
		var route v1alpha1.FederationRoute
		if err := api.Get(c.Context(), client.ObjectKey{Namespace: namespace, Name: args[0]}, &route); err != nil {
			return err
		}
		return run(c, api, &route)
	}}
}

func (p *plugin) connect() (client.Client, string, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = p.kubeconfig
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: p.context})
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, "", err
	}
	namespace := p.namespace
	if namespace == "" {
		if namespace, _, err = loader.Namespace(); err != nil {
			return nil, "", err
		}
	}
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, "", err
	}
	api, err := client.New(config, client.Options{Scheme: scheme})
	return api, namespace, err
}

func (p *plugin) suspend(on bool) func(*cobra.Command, client.Client, *v1alpha1.FederationRoute) error {
	return func(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute) error {
		if err := decide("suspend", on).write(c, api, route); err != nil {
			return err
		}
		done := fmt.Sprintf("%s is resumed; what differs from the spec is changed again, as mode %s allows", named(route), route.Spec.Mode)
		if on {
			done = fmt.Sprintf("%s is suspended; steps under way end and no further change begins; undo it with %s", named(route), command("resume", route))
		}
		followed(c, route, done)
		return nil
	}
}

func (p *plugin) reconcile(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute) error {
	now := time.Now().UTC().Format(time.RFC3339Nano)
	if err := ask(v1alpha1.AnnotationRequestedAt, now).write(c, api, route); err != nil {
		return err
	}
	followed(c, route, fmt.Sprintf("the controller is asked to look at %s now, and to try again what failed; it has looked when status.lastHandledReconcileAt is %s", named(route), now))
	return nil
}

// named is the route as kubectl names it, with its namespace.
func named(route *v1alpha1.FederationRoute) string {
	return fmt.Sprintf("federationroute.fedroute.io/%s in namespace %s", route.Name, route.Namespace)
}

// followed says what was done or asked, and how a person follows what comes of it.
func followed(c *cobra.Command, route *v1alpha1.FederationRoute, done string) {
	p := pageOf(c)
	p.line("%s", done)
	p.line("follow it with %s", command("status", route))
}

// exactly refuses another number of names and says how the verb is called.
func exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("%d of %d names were given; write %s", len(args), n, c.UseLine())
		}
		return nil
	}
}

// failBack asks for one failback. The controller reports the outcome in status.
func (p *plugin) failBack() *cobra.Command {
	return p.verbOf("failback ROUTE POOL", "Ask that a Front End pool of the route is failed back once", func(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute, pool string) error {
		if err := ask(v1alpha1.AnnotationFailBackRequestedAt, time.Now().UTC().Format(time.RFC3339)+" "+pool).write(c, api, route); err != nil {
			return err
		}
		followed(c, route, fmt.Sprintf("Front End pool %s is to be failed back once, for %s; FrontEndsAssociated says what it waits for, or why it cannot be done", pool, named(route)))
		return nil
	})
}

// adopt consents to replace the set of somebody else's records that has the hash and that it
// has shown, and no other. Where the route has changed since, the API server refuses.
func (p *plugin) adopt() *cobra.Command {
	return p.verbOf("adopt ROUTE HASH", "Let a set of somebody else's records be replaced", func(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute, hash string) error {
		i := slices.IndexFunc(route.Status.Owed, func(o v1alpha1.Owed) bool { return strings.Contains(o.Message, "set "+hash+" ") })
		if i < 0 {
			return fmt.Errorf("%s shows no set of records with the hash %s; see %s", route.Name, hash, command("plan", route))
		}
		owed := route.Status.Owed[i]
		pageOf(c).entry(owed.Part, owed.Message)
		if err := decide("dns", map[string]any{"adopt": hash}).write(c, api, route); err != nil {
			return err
		}
		c.Println()
		followed(c, route, fmt.Sprintf("the set %s may be replaced for %s; no other set may", hash, named(route)))
		return nil
	})
}

// verbOf is a verb about a route and one more name.
func (p *plugin) verbOf(use, short string, run func(*cobra.Command, client.Client, *v1alpha1.FederationRoute, string) error) *cobra.Command {
	name := ""
	c := p.verb(use, short, func(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute) error {
		return run(c, api, route, name)
	})
	c.Args = func(c *cobra.Command, args []string) error {
		if err := exactly(2)(c, args); err != nil {
			return err
		}
		name = args[1]
		return nil
	}
	return c
}

// approve approves the plan that it has shown and no other. Where the plan has changed
// since, the API server refuses the approval, because the resource version has changed.
func (p *plugin) approve(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute) error {
	if route.Spec.Mode != v1alpha1.ModeApprove {
		return fmt.Errorf("%s is in mode %s, which asks for no approval", route.Name, route.Spec.Mode)
	}
	if route.Status.Plan == nil || route.Status.ObservedGeneration != route.Generation {
		return fmt.Errorf("%s has no plan to approve; see %s", route.Name, command("status", route))
	}
	printPlan(pageOf(c), route)
	id := route.Status.Plan.ID
	if err := decide("approvedPlan", id).write(c, api, route); err != nil {
		return err
	}
	c.Println()
	followed(c, route, fmt.Sprintf("approved %s for %s; no other plan is approved by it", id, named(route)))
	return nil
}
