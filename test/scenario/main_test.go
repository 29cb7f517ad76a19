// Package scenario_test runs whole stories with a real API server, the controllers, and a
// simulated organization with its own DNS. Every story has the name of the incident that it
// is about. All stories run side by side.
package scenario_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/controllers"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/test/support/cluster"
)

const root = "../.."

// alone labels the objects of a story that has its own manager.
const alone = "scenario/own-manager"

var (
	folder  string // folder for the files of a run; removed at its end
	plane   *cluster.Cluster
	objects client.WithWatch
	scheme  = runtime.NewScheme()
)

func TestMain(m *testing.M) {
	// Stories mostly wait, so more stories than processors may run at once. The race
	// detector makes them work several times as much.
	parallel := "12"
	if raceDetector {
		parallel = "8"
	}
	_ = flag.Set("test.parallel", parallel)
	flag.Parse()
	if flag.Lookup("test.run").Value.String() == "" {
		_ = flag.Set("test.run", storiesOfThisRun())
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctrl.SetLogger(logr.Discard()) // a story that fails prints status and history
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var err error
	if folder, err = os.MkdirTemp("", "fedroute-scenario"); err != nil {
		return complain(err)
	}
	defer os.RemoveAll(folder)
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return complain(err)
		}
	}
	if plane, err = cluster.Start(ctx, cluster.Bin(root), folder, filepath.Join(root, "config/crd/bases")); err != nil {
		return complain(err)
	}
	defer plane.Stop()
	if objects, err = client.NewWithWatch(plane.Config, client.Options{Scheme: scheme}); err != nil {
		return complain(err)
	}
	everybody, err := labels.Parse("!" + alone)
	if err != nil {
		return complain(err)
	}
	stopped, err := startManager(ctx, cache.Options{DefaultLabelSelector: everybody}, controllers.RealClock{})
	if err != nil {
		return complain(err)
	}
	code := m.Run()
	cancel()
	<-stopped
	return code
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// dial opens a session in a configuration where the endpoint names one, as the manager does.
func dial(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
	o := winrm.Options{ConnectTimeout: 4 * time.Second, Reach: within()}
	if endpoint.Configuration != "" {
		return session.Dialer(psrp.Options{Options: o})(ctx, endpoint, credentials)
	}
	return winrm.Dialer(o)(ctx, endpoint, credentials)
}

// within lets the manager reach the organizations, which are on loopback, and tell all of them.
var within = sync.OnceValue(func() *reach.Policy {
	allow, ports := reach.CIDRs{}, reach.Known()
	if err := errors.Join(allow.Set("127.0.0.0/8"), ports.Set("1-65535")); err != nil {
		panic(err)
	}
	return reach.New(reach.Denied(), allow, ports, strings.TrimPrefix(plane.Config.Host, "https://"))
})

// startManager runs the controllers in this process, with short waits.
func startManager(ctx context.Context, seen cache.Options, clock apply.Clock) (stopped <-chan struct{}, err error) {
	mgr, err := ctrl.NewManager(plane.Config, ctrl.Options{Scheme: scheme, Cache: seen, HealthProbeBindAddress: "0",
		Metrics: metricsserver.Options{BindAddress: "0"}, Controller: config.Controller{SkipNameValidation: new(true)}})
	if err != nil {
		return nil, err
	}
	limits := apply.Limits{Poll: 50 * time.Millisecond, Wait: map[plan.Kind]time.Duration{plan.KindAwaitReplication: 5 * time.Second,
		plan.KindSetupEdgeServer: 3 * time.Second, plan.KindCheckPorts: 3 * time.Second, plan.KindUpdateDNS: 5 * time.Second,
		plan.KindStartEdgeServices: 10 * time.Second, plan.KindRestartEdgeServices: 10 * time.Second}}
	err = controllers.Setup(mgr, controllers.Options{
		Client: mgr.GetClient(), Secrets: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("fedroute"),
		Clock: clock, Dial: dial,
		Reach: within(), Prober: tcp.Prober{Reach: within()}, Limits: limits, ObserveTimeout: 12 * time.Second, Patience: controllers.Patience, TopologyWorkers: 64, RouteWorkers: 64,
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := mgr.Start(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "manager:", err)
		}
	}()
	return done, err
}
