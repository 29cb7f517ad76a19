package farm

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestManyHands lets several people change everything at once, in random order and with
// durations. It checks the rules that must hold when they are done.
func TestManyHands(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { manyHands(t, seed) })
		})
	}
}

func manyHands(t *testing.T, seed uint64) {
	spec := twoSites()
	spec.Durations.Profile = "lifelike"
	f, err := New(spec, Options{Clock: RealClock{}, Seed: seed})
	must(t, err)
	observed := 0
	f.Observe(func() { observed += len(f.Reachable()) })
	var hands sync.WaitGroup
	for n := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, n))
		hands.Go(func() {
			for range 60 {
				_ = acts[r.IntN(len(acts))](t.Context(), f, r) // a refusal is allowed here
				time.Sleep(time.Duration(r.IntN(20)) * time.Second)
			}
		})
	}
	hands.Wait()
	for _, m := range f.Machines() {
		must(t, f.Return(person, m.FQDN, ServicesStart))
		_ = f.Setup(t.Context(), person, m.FQDN)
		must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: m.FQDN}))
	}
	must(t, f.Enable(t.Context(), person))
	time.Sleep(time.Hour)
	settled(t, f)
}

func settled(t *testing.T, f *Farm) {
	t.Helper()
	rows, err := f.ReplicationStatus()
	must(t, err)
	for _, r := range rows {
		if !r.UpToDate {
			t.Errorf("an hour later the replica is behind: %+v", r)
		}
	}
	for _, m := range f.Machines() {
		if m.LocalSignature != f.Truth().Enabled.Signature {
			t.Errorf("%s has the document %s, in force is %s", m.FQDN, m.LocalSignature, f.Truth().Enabled.Signature)
		}
		must(t, f.Setup(t.Context(), person, m.FQDN))
		must(t, f.StartServices(t.Context(), person, ServicesRequest{Machine: m.FQDN}))
	}
	served := map[string]bool{}
	for _, l := range f.Reachable() {
		served[l.Machine+string(l.Federation)] = true
	}
	c := f.Truth()
	for _, p := range c.EdgePools() {
		for _, m := range p.Machines {
			routed := c.Routes["redmond"].SIP == p.FQDN || c.Routes["dublin"].SIP == p.FQDN
			if want := p.SIP && routed && c.AccessEdge.AllowFederatedUsers; served[m.FQDN+"SIP"] != want {
				t.Errorf("%s serves SIP: %t; flag %t, routed %t", m.FQDN, !want, p.SIP, routed)
			}
			own := c.Routes[key(p.Site)].XMPP == p.FQDN
			if want := p.XMPP && own && c.AccessEdge.AllowFederatedUsers; served[m.FQDN+"XMPP"] != want {
				t.Errorf("%s serves XMPP: %t; flag %t, routed %t", m.FQDN, !want, p.XMPP, own)
			}
		}
	}
}

type randomAct func(ctx context.Context, f *Farm, r *rand.Rand) error

func oneOf(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

func anyMachine(r *rand.Rand) string {
	return oneOf(r, "edge-a1.contoso.com", "edge-a2.contoso.com", "edge-b1.contoso.com", "fe-a1.contoso.com", "fe-b1.contoso.com")
}

var acts = []randomAct{
	func(_ context.Context, f *Farm, r *rand.Rand) error {
		return f.SetSiteRoute(person, oneOf(r, "Redmond", "Dublin"), Protocol(oneOf(r, "SIP", "XMPP")), oneOf(r, edgeA, edgeB, ""))
	},
	func(ctx context.Context, f *Farm, r *rand.Rand) error {
		doc, err := f.Truth().Published.WithSIPFederation(oneOf(r, edgeA, edgeB), r.IntN(2) == 0)
		if err != nil {
			return err
		}
		if doc, err = doc.WithXMPPFederation(oneOf(r, edgeA, edgeB), r.IntN(2) == 0); err != nil {
			return err
		}
		_, err = f.Publish(ctx, person, doc.Bytes())
		return err
	},
	func(ctx context.Context, f *Farm, _ *rand.Rand) error { return f.Enable(ctx, person) },
	func(ctx context.Context, f *Farm, r *rand.Rand) error { return f.Setup(ctx, person, anyMachine(r)) },
	func(ctx context.Context, f *Farm, r *rand.Rand) error {
		return f.StartServices(ctx, person, ServicesRequest{Machine: anyMachine(r)})
	},
	func(ctx context.Context, f *Farm, r *rand.Rand) error {
		return f.StopServices(ctx, person, ServicesRequest{Machine: anyMachine(r), Wait: WaitMode(r.IntN(2)), Drain: DrainMode(r.IntN(2))})
	},
	func(_ context.Context, f *Farm, r *rand.Rand) error { return f.Kill(person, anyMachine(r)) },
	func(_ context.Context, f *Farm, r *rand.Rand) error {
		return f.Return(person, anyMachine(r), AfterReturn(oneOf(r, string(ServicesStart), string(ServicesStayStopped))))
	},
	func(_ context.Context, f *Farm, r *rand.Rand) error { return f.Disconnect(person, anyMachine(r)) },
	func(_ context.Context, f *Farm, r *rand.Rand) error {
		return f.SetAssociation(person, oneOf(r, poolA, poolB), LinkRegistrar, oneOf(r, edgeA, edgeB, ""))
	},
	func(_ context.Context, f *Farm, r *rand.Rand) error {
		return f.SetAccessEdge(person, func(a *AccessEdge) { a.AllowFederatedUsers = r.IntN(4) > 0 })
	},
	func(ctx context.Context, f *Farm, r *rand.Rand) error {
		return f.FailOver(ctx, person, poolA, Disaster)
	},
	func(ctx context.Context, f *Farm, _ *rand.Rand) error { return f.FailBack(ctx, person, poolA) },
	func(_ context.Context, f *Farm, r *rand.Rand) error { return f.ForceReplication(person, anyMachine(r)) },
}
