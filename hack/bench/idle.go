package main

import (
	"context"
	"fmt"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

// idle counts writes to the API server while nothing changes.
func (b *bench) idle(ctx context.Context) error {
	s, err := b.Open(ctx, "idle", stage.Options{Poll: 2 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Route(ctx, 5*time.Second); err != nil {
		return err
	}
	if err := settle(ctx, 5*time.Second); err != nil { // waits for the last events of becoming ready
		return err
	}
	before, err := b.versions(ctx, s.Namespace)
	if err != nil {
		return err
	}
	looks := looksAt(s)
	if err := settle(ctx, time.Minute); err != nil {
		return err
	}
	after, err := b.versions(ctx, s.Namespace)
	if err != nil {
		return err
	}
	writes := 0
	for name, version := range after {
		if before[name] != version {
			writes++
		}
	}
	b.report(fmt.Sprintf("API-server objects written in an idle minute (%d looks), for an hour", looksAt(s)-looks), "0", "%d", writes*60)
	return nil
}

func settle(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// versions lists the resource versions of everything that the manager may write.
func (b *bench) versions(ctx context.Context, ns string) (map[string]string, error) {
	out := map[string]string{}
	for _, list := range []client.ObjectList{&v1alpha1.FederationRouteList{}, &v1alpha1.LyncTopologyList{}, &eventsv1.EventList{}} {
		if err := b.Objects.List(ctx, list, client.InNamespace(ns)); err != nil {
			return nil, err
		}
		if err := each(list, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func each(list client.ObjectList, versions map[string]string) error {
	return meta.EachListItem(list, func(o runtime.Object) error {
		item, err := meta.Accessor(o)
		if err != nil {
			return err
		}
		versions[fmt.Sprintf("%T/%s", o, item.GetName())] = item.GetResourceVersion()
		return nil
	})
}
