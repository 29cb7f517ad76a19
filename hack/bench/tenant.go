package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/hostile"
)

// slowRoutes is how many routes wait for DNS servers that answer slowly.
const slowRoutes = 64

// slowKind is the kind of what leads to them.
var slowKind = fmt.Sprintf("%d slow routes", slowRoutes)

// tenant is somebody who means harm, with an organization and the hostile servers.
type tenant struct {
	hostile.Tenant
	stage *stage.Stage
	org   *sim.Organization
	slow  []*hostile.NameServer
	names []*hostile.NameServer
	hosts []*hostile.Host
}

// invite starts the servers of a tenant in a namespace of its own. Nothing leads to them yet.
func (b *bench) invite(ctx context.Context, namespace string) (*tenant, error) {
	t := &tenant{Tenant: hostile.Tenant{Namespace: namespace, Organization: "org", Pool: stage.OldPool}, stage: b.Stage, hosts: hostile.Hosts()}
	err := b.Namespace(ctx, namespace)
	if err == nil {
		err = b.Create(ctx, t.Secret())
	}
	if err == nil {
		t.org, err = b.Organization(ctx, namespace, "org", stage.Options{Poll: 5 * time.Second})
	}
	if err == nil {
		t.names, err = hostile.NameServers()
	}
	for i := 0; i < slowRoutes && err == nil; i++ {
		var s *hostile.NameServer
		if s, err = hostile.SlowNameServer(); err == nil {
			t.slow = append(t.slow, s)
		}
	}
	if err != nil {
		t.leave()
	}
	return t, err
}

// leave ends the servers.
func (t *tenant) leave() {
	for _, s := range slices.Concat(t.slow, t.names) {
		s.Close()
	}
	for _, h := range t.hosts {
		h.CloseClientConnections()
		h.Close()
	}
	if t.org != nil {
		t.org.Close()
	}
}

// encounter is what leads to a server that means harm.
type encounter struct {
	kind  string
	leads client.Object
	asked func() int64
}

// all lists every server: the slow DNS servers, the other DNS servers, and the WinRM servers.
func (t *tenant) all() []encounter {
	var out []encounter
	for i, s := range t.slow {
		out = append(out, encounter{slowKind, t.Route(fmt.Sprint("slow-", i), s.Address()), s.Asked.Load})
	}
	for _, s := range t.names {
		out = append(out, encounter{"DNS server " + s.Kind, t.Route(s.Kind, s.Address()), s.Asked.Load})
	}
	for _, h := range t.hosts {
		out = append(out, encounter{"WinRM server " + h.Kind, t.Topology(h.Kind, h), h.Asked.Load})
	}
	return out
}

// lead creates what leads to the chosen servers, and waits until each was asked.
func (t *tenant) lead(ctx context.Context, chosen func(kind string) bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	all := slices.DeleteFunc(t.all(), func(e encounter) bool { return !chosen(e.kind) })
	for _, e := range all {
		if err := t.stage.Create(ctx, e.leads); err != nil {
			return err
		}
	}
	for _, e := range all {
		if err := stage.Until(ctx, 20*time.Millisecond, func() (bool, error) { return e.asked() > 0, nil }); err != nil {
			return fmt.Errorf("nobody asks the %s: %w", e.kind, err)
		}
	}
	return nil
}

// forget deletes what leads to the servers.
func (t *tenant) forget(ctx context.Context) error {
	return errors.Join(t.stage.Objects.DeleteAllOf(ctx, &v1alpha1.FederationRoute{}, client.InNamespace(t.Namespace)),
		t.stage.Objects.DeleteAllOf(ctx, &v1alpha1.LyncTopology{}, client.InNamespace(t.Namespace)))
}
