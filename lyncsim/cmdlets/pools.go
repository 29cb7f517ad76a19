package cmdlets

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var poolCmdlets = map[string]cmdlet{
	"Get-CsPool":             {run: getPool, needs: store, honours: "Identity Filter"},
	"Get-CsComputer":         {run: getComputer, needs: store, honours: "Identity Filter Pool Local"},
	"Get-CsNetworkInterface": {run: getNetworkInterface, needs: store, honours: "Identity Filter ComputerFqdn"},
}

func getPool(_ context.Context, r *run) error {
	doc := r.config.Published
	pools, err := pick(r, "pool", doc.Clusters, func(c topology.Cluster) string { return c.FQDN })
	if err != nil {
		return err
	}
	return emitAll(r, pools, func(c topology.Cluster) any { return poolObject(doc, c) })
}

func poolObject(doc *topology.Document, c topology.Cluster) *value.Object {
	var services, computers []string
	for i := range doc.Services {
		if s := &doc.Services[i]; s.InstalledOn == c.ID {
			services = append(services, farm.Identity(doc, s))
		}
	}
	for _, m := range c.Machines {
		computers = append(computers, m.FQDN)
	}
	return value.NewObject("Microsoft.Rtc.Management.Deploy.Internal.Cluster").
		Set("Identity", c.FQDN).
		Set("Services", services).
		Set("Computers", computers).
		Set("Fqdn", c.FQDN).
		Set("Site", sitePrefix+siteName(doc, c.ID.Site))
}

// siteName is the name of a site by its id.
func siteName(doc *topology.Document, id string) string {
	if s := doc.Site(id); s != nil {
		return s.Name
	}
	return id
}

// computer is one machine with its pool.
type computer struct {
	topology.Machine
	pool string
}

func computers(doc *topology.Document) []computer {
	var list []computer
	for _, c := range doc.Clusters {
		for _, m := range c.Machines {
			list = append(list, computer{m, c.FQDN})
		}
	}
	return list
}

func getComputer(_ context.Context, r *run) error {
	list := computers(r.config.Published)
	if pool := r.Text("Pool"); pool != "" {
		if r.config.Published.Pool(pool) == nil {
			return notFound("pool", pool)
		}
		list = slices.DeleteFunc(list, func(c computer) bool { return !strings.EqualFold(c.pool, pool) })
	}
	if r.On("Local") {
		list = slices.DeleteFunc(list, func(c computer) bool { return !strings.EqualFold(c.FQDN, r.Machine) })
	}
	list, err := pick(r, "computer", list, func(c computer) string { return c.FQDN })
	if err != nil {
		return err
	}
	return emitAll(r, list, func(c computer) any {
		return value.NewObject("Microsoft.Rtc.Management.Deploy.Internal.Machine").
			Set("Identity", c.FQDN).Set("Pool", c.pool).Set("Fqdn", c.FQDN)
	})
}

// networkInterface is one interface with its machine.
type networkInterface struct {
	topology.Interface
	machine string
}

func (n networkInterface) identity() string { return n.machine + ":" + n.Side }

// getNetworkInterface shows the interfaces of the topology. The property names are
// inferred from the topology document.
func getNetworkInterface(_ context.Context, r *run) error {
	var list []networkInterface
	for _, c := range computers(r.config.Published) {
		if only := r.Text("ComputerFqdn"); only != "" && !strings.EqualFold(only, c.FQDN) {
			continue
		}
		for _, i := range c.Interfaces {
			list = append(list, networkInterface{i, c.FQDN})
		}
	}
	list, err := pick(r, "network interface", list, networkInterface.identity)
	if err != nil {
		return err
	}
	return emitAll(r, list, func(n networkInterface) any {
		return value.NewObject("Microsoft.Rtc.Management.Xds.DisplayNetworkInterface").
			Set("Identity", n.identity()).Set("ComputerFqdn", n.machine).Set("InterfaceSide", n.Side).
			Set("InterfaceNumber", n.Number).Set("IPAddress", n.Address).Set("ConfiguredIPAddress", n.ConfiguredAddress)
	})
}
