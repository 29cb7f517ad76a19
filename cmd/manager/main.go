// Command manager runs the fedroute controllers.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/version"
	"github.com/fedroute/fedroute/internal/winrm"
)

// settings are the command line.
type settings struct {
	metrics, health  string
	leaderElection   bool
	leaderNamespace  string
	namespaces       string
	observeTimeout   time.Duration
	replicationLimit time.Duration
	portLimit        time.Duration
	poll             time.Duration
	topologyWorkers  int
	routeWorkers     int
	apiQPS           float64
	logLevel         level
	deny, allow      reach.CIDRs
	ports            reach.Ports
	version          bool
}

func main() {
	s := register(flag.CommandLine)
	flag.Parse()
	if s.version {
		fmt.Println("manager version", version.String())
		return
	}
	if err := run(*s); err != nil {
		fmt.Fprintln(os.Stderr, "fedroute:", err)
		os.Exit(1)
	}
}

// register adds the options to the command line.
func register(fs *flag.FlagSet) *settings {
	s := &settings{deny: reach.Denied(), ports: reach.Known()}
	fs.StringVar(&s.metrics, "metrics-bind-address", "0", "address of the metrics endpoint, such as :8080; 0 serves none")
	fs.StringVar(&s.health, "health-probe-bind-address", ":8081", "address of /healthz and /readyz; 0 serves none")
	fs.BoolVar(&s.leaderElection, "leader-elect", false, "let only one of several managers work")
	fs.StringVar(&s.leaderNamespace, "leader-elect-namespace", "", "namespace of the lease; empty: the manager's own")
	fs.StringVar(&s.namespaces, "namespaces", "", "comma-separated namespaces to watch; empty: all")
	fs.DurationVar(&s.observeTimeout, "observe-timeout", 2*time.Minute, "longest time that one observation of an organization may take")
	fs.DurationVar(&s.replicationLimit, "replication-timeout", plan.KindAwaitReplication.Rules().Wait, "longest wait for replicas to become newer than a change")
	fs.DurationVar(&s.portLimit, "port-timeout", plan.KindCheckPorts.Rules().Wait, "longest wait for federation ports to answer")
	fs.DurationVar(&s.poll, "poll", apply.DefaultLimits.Poll, "time between two looks while a step waits")
	fs.IntVar(&s.topologyWorkers, "topology-workers", 32, "organizations observed side by side")
	fs.IntVar(&s.routeWorkers, "route-workers", 32, "routes reconciled side by side")
	fs.Float64Var(&s.apiQPS, "kube-api-qps", 50, "requests per second to the API server")
	fs.TextVar(&s.logLevel, "log-level", level{slog.LevelInfo}, "DEBUG, INFO, WARN or ERROR")
	fs.Var(&s.deny, "deny-cidr", "addresses that no object can make the manager connect to, such as 10.96.0.0/12,127.0.0.0/8; the first use replaces the default")
	fs.Var(&s.allow, "allow-cidr", "addresses that it may connect to although they are denied, and of which objects tell why a connection failed")
	fs.Var(&s.ports, "allow-port", "further ports that it may connect to on behalf of objects, such as 5353,8000-8010")
	fs.BoolVar(&s.version, "version", false, "print the version and end")
	return s
}

// withoutCRDs adds the way out to the error of an API server that has no CRDs of fedroute.
func withoutCRDs(err error) error {
	if !meta.IsNoMatchError(err) {
		return err
	}
	return fmt.Errorf("%w: the API server does not serve it, or not yet; apply config/crd, wait until its CRDs are Established, and start the manager again", err)
}

func run(s settings) error {
	log := newLog(os.Stderr, s.logLevel.Level)
	slog.SetDefault(slog.New(log))
	ctrl.SetLogger(logr.FromSlogHandler(log))
	slog.Info("fedroute starts", "version", version.String(), "softMemoryLimit", collectBelow(os.Getenv),
		"denyCIDR", s.deny.String(), "allowCIDR", s.allow.String(), "ports", s.ports.String())
	mgr, err := newManager(s)
	if err != nil {
		return err
	}
	if err := controllers.Setup(mgr, options(s, mgr)); err != nil {
		return withoutCRDs(err)
	}
	var seen caches
	if err := errors.Join(mgr.Add(&seen), mgr.AddHealthzCheck("healthz", healthz.Ping), mgr.AddReadyzCheck("caches", seen.check)); err != nil {
		return err
	}
	return serve(ctrl.SetupSignalHandler(), mgr.Start, seen.there.Load)
}

func newManager(s settings) (ctrl.Manager, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = float32(s.apiQPS), int(2*s.apiQPS)
	stop := graceful
	o := ctrl.Options{
		Scheme:                        scheme,
		Metrics:                       metricsserver.Options{BindAddress: s.metrics},
		HealthProbeBindAddress:        s.health,
		LeaderElection:                s.leaderElection,
		LeaderElectionID:              "fedroute.fedroute.io",
		LeaderElectionNamespace:       s.leaderNamespace,
		LeaderElectionReleaseOnCancel: true,
		GracefulShutdownTimeout:       &stop,
	}
	if s.namespaces != "" {
		o.Cache.DefaultNamespaces = map[string]cache.Config{}
		for name := range strings.SplitSeq(s.namespaces, ",") {
			o.Cache.DefaultNamespaces[strings.TrimSpace(name)] = cache.Config{}
		}
	}
	return ctrl.NewManager(config, o)
}

func options(s settings, mgr ctrl.Manager) controllers.Options {
	// The waits of the other kinds are those of their rules.
	//exhaustive:ignore
	limits := apply.Limits{Poll: s.poll, Wait: map[plan.Kind]time.Duration{plan.KindAwaitReplication: s.replicationLimit,
		plan.KindSetupEdgeServer: s.portLimit, plan.KindCheckPorts: s.portLimit}}
	within := reach.New(s.deny, s.allow, s.ports, apiServers(mgr.GetConfig().Host, os.Getenv)...)
	own, _ := net.InterfaceAddrs() // only for a warning
	warnOfCluster(within, os.Getenv, own)
	return controllers.Options{
		Client:          mgr.GetClient(),
		Secrets:         mgr.GetAPIReader(),
		Recorder:        mgr.GetEventRecorder("fedroute"),
		Clock:           controllers.RealClock{},
		Dial:            dialer(winrm.Dialer(winrm.Options{Reach: within}), session.Dialer(psrp.Options{Options: winrm.Options{Reach: within}})),
		Reach:           within,
		Prober:          tcp.Prober{Reach: within},
		Limits:          limits,
		ObserveTimeout:  s.observeTimeout,
		Patience:        controllers.Patience,
		TopologyWorkers: s.topologyWorkers,
		RouteWorkers:    s.routeWorkers,
	}
}
