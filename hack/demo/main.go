// Command demo shows a federation failover on this machine. It runs a real API
// server, a simulated organization with its DNS, and the manager, each as a process
// of its own. It checks each result from outside, as a partner or an administrator
// would.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/internal/version"
)

func main() {
	bin := flag.String("bin", "bin", "folder with manager, lyncsim, controlplane and kubectl")
	keep := flag.Bool("keep", false, "leave everything running at the end and say how to look around")
	powershell := flag.String("powershell", "", "a real PowerShell program; the machines run it in place of the simulated one")
	said := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *said {
		fmt.Println("demo version", version.String())
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, *bin, *powershell, *keep))
}

func run(ctx context.Context, bin, powershell string, keep bool) int {
	began := time.Now()
	screen := newScreen(os.Stdout)
	s, err := setStage(ctx, bin, powershell, screen)
	if err == nil {
		defer s.clear()
		err = tell(ctx, s, screen)
	}
	screen.table()
	if err != nil {
		screen.fail(err)
		if s != nil {
			screen.say("logs are in %s", s.dir)
		}
		return 1
	}
	screen.say("demo: PASS (%d checks) in %s", screen.passed, time.Since(began).Round(time.Second))
	if keep {
		if err := s.lookAround(screen); err != nil {
			screen.say("demo: %v", err)
		}
		<-ctx.Done()
	}
	s.clear()
	if err := os.RemoveAll(s.dir); err != nil {
		screen.say("demo: its folder stays behind: %v", err)
		return 1
	}
	return 0
}

// setStage starts everything that the demo needs. The control plane, the folder and
// the addresses belong to this run alone, so neither a cluster that KUBECONFIG names
// nor another demo is touched.
func setStage(ctx context.Context, bin, powershell string, screen *screen) (*stage, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "config/crd/bases")); err != nil {
		return nil, errors.New("run the demo in the root of the checkout: config/crd/bases is not here")
	}
	if bin, err = filepath.Abs(bin); err != nil {
		return nil, err
	}
	s := &stage{root: root, bin: bin, powershell: powershell}
	if s.dir, err = folder(root); err != nil {
		return nil, err
	}
	for _, act := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"start the API server", s.startCluster},
		{"start the simulated organization: Lync Server 2013, two Edge pools, DNS", s.startOrganization},
		{"start the manager", s.startManager},
		{"read what a partner knows", s.startPartner},
	} {
		if err := screen.step(act.what, func() (string, error) { return "", act.do(ctx) }, nil); err != nil {
			s.clear()
			return s, fmt.Errorf("%s: %w", act.what, err)
		}
	}
	return s, nil
}

// folder makes a new folder for one run; make clean removes it.
func folder(root string) (string, error) {
	runs := filepath.Join(root, ".run")
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return "", err
	}
	return os.MkdirTemp(runs, "demo-")
}
