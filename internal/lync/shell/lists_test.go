package shell

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

// large is a reply of an organization with so many sites, pools and services for each pool.
func large(sites, pools, services int) topologyReply {
	r := topologyReply{Signature: "s", ServerVersion: "5.0.8308.0", ServerTime: "2026-03-01T10:00:00.0000000Z"}
	for i := range sites {
		r.Sites = append(r.Sites, siteReply{Identity: fmt.Sprint("Site:", i)})
	}
	for i := range pools {
		pool := fmt.Sprintf("pool%d.contoso.com", i)
		r.Clusters = append(r.Clusters, `<Cluster Fqdn="`+pool+`"><ClusterId SiteId="1" Number="`+fmt.Sprint(i)+`"/><Machine Fqdn="a.`+pool+`"/></Cluster>`)
		r.EdgeServices = append(r.EdgeServices, `<Service><InstalledOn><ClusterId SiteId="1" Number="`+fmt.Sprint(i)+`"/></InstalledOn></Service>`)
		for range services {
			r.Services = append(r.Services, roleReply{Role: "EdgeServer", Pool: pool, Site: "Site:0"})
		}
		r.Replicas = append(r.Replicas, replicaReply{Fqdn: "a." + pool, UpToDate: true, LastUpdate: "2026-03-01T10:00:00.0000000Z"})
	}
	return r
}

// TestATopologyListsWhatAnOrganizationCanHave: plans compare sites with sites and pools with
// services. What a server lists is bounded, and what is allowed is read within seconds.
func TestATopologyListsWhatAnOrganizationCanHave(t *testing.T) {
	cases := map[string]struct {
		reason string
		reply  topologyReply
		want   string
	}{
		"a large organization": {"larger than any that is known", large(300, 400, 8), ""},
		"as large as allowed":  {"it may take seconds", large(sitesAtMost, poolsAtMost, servicesAtMost/poolsAtMost), ""},
		"sites":                {"each site is a step of a plan", large(sitesAtMost+1, 1, 1), "the server lists 1001 sites, and more than 1000 are not read; nothing is concluded from its answer"},
		"pools":                {"each is looked for among all", large(1, poolsAtMost+1, 1), "lists 1001 pools"},
		"services":             {"each is looked for in its pool", large(1, 1, servicesAtMost+1), "lists 10001 services"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal([]topologyReply{c.reply})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			reply, err := decode[topologyReply](text, job{script: readTopology.reading, op: "read the topology"})
			if err == nil {
				_, err = reply.topology(job{op: "read the topology", target: "fe1"}, signIn{})
			}
			took := time.Since(began)
			t.Logf("%d kB: %s", len(text)/1000, took.Round(time.Millisecond))
			if took > time.Minute {
				t.Errorf("%s: it took %s", c.reason, took)
			}
			if c.want == "" && fault.Is(err, fault.Unsupported) || c.want != "" && (!fault.Is(err, fault.Unsupported) || !strings.Contains(fault.Sentence(err), c.want)) {
				t.Errorf("%s: %v", c.reason, err)
			}
		})
	}
}
