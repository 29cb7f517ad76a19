package chaos_test

import (
	"context"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// administrator moves federation by hand, on a copy of the farm, as Microsoft describes it:
// boxes in Topology Builder, routes of the sites, setup on each Edge server, services, records.
// He looks first and leaves out what is already so. Nothing shows him whether setup has run on a
// machine since its pool's boxes were last ticked, so he runs it after he has ticked one. He
// types without a pause.
type administrator struct {
	setUp map[string]bool // the machines on which he has run setup since; nil: he has ticked none
	farm  *farm.Farm
	pool  string
	xmpp  bool
	took  func(farm.Duration)
}

var harry = farm.Actor{User: `CONTOSO\harry`, Machine: "his desk", Command: "by hand"}

// restores gives how long he takes until partners can be served; false: he does not get there
// within an hour.
func (w *world) restores(pool string) (time.Duration, bool) {
	began := time.Now()
	f := w.org.Farm().Copy()
	a := &administrator{farm: f, pool: pool, xmpp: f.Product().XMPP, took: func(d farm.Duration) { time.Sleep(time.Duration(d)) }}
	for time.Since(began) < patience {
		if a.serves() {
			a.took(f.Durations().Cmdlet) // the records
			return time.Since(began), true
		}
		if !a.once() {
			time.Sleep(30 * time.Second)
		}
	}
	return 0, false
}

// once goes through the procedure; false: something did not work.
func (a *administrator) once() bool {
	ctx := context.Background()
	if !a.boxes() || !a.routes() || !a.replicated() {
		return false
	}
	for _, m := range a.machines() {
		if !m.SIPInstalled || a.xmpp && !m.XMPPInstalled || a.setUp != nil && !a.setUp[m.FQDN] {
			if a.farm.Setup(ctx, harry, m.FQDN) != nil {
				return false
			}
			if a.setUp != nil {
				a.setUp[m.FQDN] = true
			}
		}
		if a.farm.StartServices(ctx, harry, farm.ServicesRequest{Machine: m.FQDN}) != nil {
			return false
		}
	}
	return a.serves()
}

func (a administrator) machines() (out []farm.Machine) {
	for _, m := range a.farm.Machines() {
		if strings.EqualFold(m.Pool, a.pool) {
			out = append(out, m)
		}
	}
	return out
}

// boxes ticks the boxes of the pool and publishes.
func (a *administrator) boxes() bool {
	c := a.farm.Truth()
	p, ok := c.EdgePool(a.pool)
	if ok && p.SIP && (p.XMPP || !a.xmpp) && c.Published.Signature == c.Enabled.Signature {
		return true
	}
	if !ok || !p.SIP || a.xmpp && !p.XMPP {
		a.setUp = map[string]bool{}
	}
	a.took(a.farm.Durations().Publish)
	a.took(a.farm.Durations().Enable)
	return a.farm.TopologyBuilder(harry, func(d *topology.Document) (*topology.Document, error) {
		d, err := d.WithSIPFederation(a.pool, true)
		if err == nil && a.xmpp {
			d, err = d.WithXMPPFederation(a.pool, true)
		}
		return d, err
	}) == nil
}

func (a administrator) routes() bool {
	for _, s := range a.farm.Truth().Sites() {
		for protocol, now := range map[farm.Protocol]string{farm.SIP: s.Routes.SIP, farm.XMPP: s.Routes.XMPP} {
			if protocol == farm.XMPP && !a.xmpp || strings.EqualFold(now, a.pool) {
				continue
			}
			a.took(a.farm.Durations().Cmdlet)
			if a.farm.SetSiteRoute(harry, s.Name, protocol, a.pool) != nil {
				return false
			}
		}
	}
	return true
}

// replicated waits until the pool's machines have the configuration.
func (a administrator) replicated() bool {
	for range 60 {
		there := true
		for _, m := range a.machines() {
			there = there && m.LocalVersion == a.farm.Truth().Version
		}
		if there {
			return true
		}
		time.Sleep(5 * time.Second)
	}
	return false
}

// serves reports whether every machine of the pool answers partners.
func (a administrator) serves() bool {
	open := map[string]int{}
	for _, l := range a.farm.Reachable() {
		open[l.Machine]++
	}
	for _, m := range a.machines() {
		if open[m.FQDN] < 1 || a.xmpp && open[m.FQDN] < 2 {
			return false
		}
	}
	return true
}
