package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/pkg/apis/externaldns"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider/rfc2136"
	"sigs.k8s.io/external-dns/registry"
	"sigs.k8s.io/external-dns/registry/noop"
	"sigs.k8s.io/external-dns/registry/txt"
)

// controller is external-dns' control loop around its rfc2136 provider.
// external-dns' own controller package cannot be used: it imports every provider,
// and the modules of some providers can no longer be downloaded.
type controller struct {
	registry registry.Registry
	policy   plan.Policy
	managed  []string
}

// result is the result of one run.
type result struct {
	Seconds float64 `json:"seconds"`
	Create  int     `json:"create"`
	Update  int     `json:"update"`
	Delete  int     `json:"delete"`
	Error   string  `json:"error,omitempty"`
}

// newController reads external-dns' own flags, with external-dns' own defaults.
func newController(flags []string) (*controller, error) {
	cfg := externaldns.NewConfig()
	if err := cfg.ParseFlags(flags); err != nil {
		return nil, err
	}
	p, err := rfc2136.New(context.Background(), cfg, endpoint.NewDomainFilter(cfg.DomainFilter))
	if err != nil {
		return nil, err
	}
	c := &controller{policy: plan.Policies[cfg.Policy], managed: cfg.ManagedDNSRecordTypes}
	switch cfg.Registry {
	case externaldns.RegistryTXT:
		c.registry, err = txt.New(cfg, p)
	case externaldns.RegistryNoop:
		c.registry, err = noop.New(cfg, p)
	default:
		err = fmt.Errorf("registry %s is not part of the comparison", cfg.Registry)
	}
	return c, err
}

// runOnce does the same as RunOnce of external-dns' controller: it reads the
// records, plans with external-dns' plan package, and applies the changes.
func (c *controller) runOnce(ctx context.Context, wanted []*endpoint.Endpoint) result {
	began := time.Now()
	p, err := c.synchronize(ctx, wanted)
	r := result{Seconds: time.Since(began).Seconds()}
	if err != nil {
		r.Error = err.Error()
	}
	if p != nil {
		r.Create, r.Update, r.Delete = len(p.Changes.Create), len(p.Changes.UpdateNew), len(p.Changes.Delete)
	}
	return r
}

func (c *controller) synchronize(ctx context.Context, wanted []*endpoint.Endpoint) (*plan.Plan, error) {
	current, err := c.registry.Records(ctx)
	if err != nil {
		return nil, err
	}
	if wanted, err = c.registry.AdjustEndpoints(wanted); err != nil {
		return nil, err
	}
	p := (&plan.Plan{
		Policies:       []plan.Policy{c.policy},
		Current:        current,
		Desired:        wanted,
		DomainFilter:   endpoint.MatchAllDomainFilters{c.registry.GetDomainFilter()},
		ManagedRecords: c.managed,
		OwnerID:        c.registry.OwnerID(),
	}).Calculate()
	if !p.Changes.HasChanges() {
		return p, nil
	}
	return p, c.registry.ApplyChanges(ctx, p.Changes)
}

func endpoints(records []record) []*endpoint.Endpoint {
	out := make([]*endpoint.Endpoint, len(records))
	for i, r := range records {
		out[i] = endpoint.NewEndpointWithTTL(r.Name, r.Type, endpoint.TTL(r.TTL), r.Values...)
	}
	return out
}
