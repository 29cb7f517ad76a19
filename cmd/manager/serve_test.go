package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/yaml"
)

// TestStopIsBounded: once the manager is asked to stop, its process ends before the pod's grace
// period is over, even when the manager hangs.
func TestStopIsBounded(t *testing.T) {
	lost := errors.New("leader election lost")
	stopsAfter := func(d time.Duration, err error) func(context.Context) error {
		return func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(d)
			return err
		}
	}
	cases := map[string]struct {
		reason string
		synced bool
		start  func(context.Context) error
		took   time.Duration // from the request to stop on
		fails  bool
	}{
		"at work":          {"running steps may end", true, stopsAfter(25*time.Second, nil), 25 * time.Second, false},
		"fails":            {"its own error is told", true, stopsAfter(time.Second, lost), time.Second, true},
		"hangs":            {"a lease that cannot be given back holds nobody", true, stopsAfter(time.Hour, nil), stopLimit, true},
		"forbidden":        {"nothing runs that could end", false, stopsAfter(time.Hour, nil), idleLimit, false},
		"not synced, ends": {"who stops by itself is not waited for", false, stopsAfter(0, nil), 0, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, stop)
				began := time.Now()
				err := serve(ctx, tc.start, func() bool { return tc.synced })
				if took := time.Since(began) - time.Minute; took != tc.took || (err != nil) != tc.fails {
					t.Errorf("%s: it took %s (%v), want %s", tc.reason, took, err, tc.took)
				}
				time.Sleep(2 * time.Hour) // lets start return
			})
		})
	}
}

// TestEndWithoutAStop: a manager that fails by itself ends the process at once.
func TestEndWithoutAStop(t *testing.T) {
	lost := errors.New("leader election lost")
	err := serve(t.Context(), func(context.Context) error { return lost }, func() bool { return true })
	if !errors.Is(err, lost) {
		t.Errorf("got %v, want the manager's error", err)
	}
}

// TestThePodOutlastsTheStop: the pod's grace period is longer than a stop may take, because the
// kubelet kills the process at the end of that period.
func TestThePodOutlastsTheStop(t *testing.T) {
	text, err := os.ReadFile("../../config/manager/manager.yaml")
	if err != nil {
		t.Fatal(err)
	}
	deployment, _, _ := bytes.Cut(text, []byte("\n---\n"))
	var d appsv1.Deployment
	if err := yaml.UnmarshalStrict(deployment, &d); err != nil {
		t.Fatal(err)
	}
	grace := time.Duration(*d.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	if stopLimit >= grace {
		t.Errorf("the manager may take %s to stop, its pod has %s", stopLimit, grace)
	}
}
