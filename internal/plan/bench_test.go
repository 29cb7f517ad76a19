package plan_test

import (
	"fmt"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/plan"
)

// BenchmarkCompute plans a failover of 200 SIP domains, each with records of its own. At this size
// an administrator would notice a slow planner.
func BenchmarkCompute(b *testing.B) {
	const domains = 200
	w := settled()
	w.intent.Protocols = w.intent.Protocols[:1]
	w.intent.Protocols[0].Domains, w.intent.DNS.Zones = nil, nil
	for i := range domains {
		name := fmt.Sprintf("domain%d.example", i)
		w.intent.Protocols[0].Domains = append(w.intent.Protocols[0].Domains, plan.Domain{Name: name, Host: "sip." + name})
		w.intent.DNS.Zones = append(w.intent.DNS.Zones, name)
		w.record("sip."+name, dns.A, "192.0.2.1")
		w.record("sip."+name, dns.AAAA)
		w.record("_sipfederationtls._tcp."+name, dns.SRV, "0 0 5061 sip."+name)
	}
	w.intent.EdgePool = "edge2.contoso.com"
	d, err := plan.Resolve(w.intent, w.topology)
	if err != nil {
		b.Fatal(err)
	}
	o := w.observed(d)
	b.ReportAllocs()
	for b.Loop() {
		p := plan.Compute(d, o)
		if len(p.Steps) < domains || len(p.Obstacles) > 0 {
			b.Fatalf("%d steps and obstacles %v: not the failover that is to be measured", len(p.Steps), p.Obstacles)
		}
	}
}
