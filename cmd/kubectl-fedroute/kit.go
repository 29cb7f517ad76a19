package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
)

// kitOptions are the command line of kubectl fedroute kit.
type kitOptions struct {
	topology           string
	routes, files      []string
	edges              []string
	sites, pools       []string
	runAs, dnsRunAs    string
	readers, operators string
	transcripts        string
	accounts           bool
	out                string
}

func (p *plugin) kit() *cobra.Command {
	o := kitOptions{}
	c := &cobra.Command{
		Use:   "kit --out DIR (--topology NAME --route NAME… | --file FILE…)",
		Short: "Write what an administrator installs so that fedroute may call a few functions and nothing else",
		Long: `kit writes, for every machine of an organization, a session configuration that holds
the functions that fedroute calls there, with an installer and its undo. README.md in
the folder lists each act. It changes nothing and connects to no server.

With --accounts, which is the default, it makes up passwords: the installers make the
accounts, and the folder secrets has the manifests of their Secrets. Delete the folder
when everything is installed. Without it the kit has no secret and accounts stay as
they are.

Before the first look nothing is known of the organization: name Edge machines, sites
and further pools yourself.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.writeKit(c, o) },
	}
	f := c.Flags()
	f.StringVar(&o.topology, "topology", "", "name of the LyncTopology")
	f.StringArrayVar(&o.routes, "route", nil, "name of a FederationRoute; repeat it")
	f.StringArrayVar(&o.files, "file", nil, "file with a LyncTopology and FederationRoutes, read instead of a cluster; repeat it")
	f.StringArrayVar(&o.edges, "edge-server", nil, "FQDN of an Edge machine beside those that the topology shows; repeat it")
	f.StringArrayVar(&o.sites, "site", nil, "central site beside those of the routes and the topology; repeat it")
	f.StringArrayVar(&o.pools, "pool", nil, "Edge or Front End pool beside those that the routes name; repeat it")
	f.StringVar(&o.runAs, "run-as", "", `group managed service account of the management servers, such as CONTOSO\fedroute$`)
	f.StringVar(&o.dnsRunAs, "dns-run-as", "", "group managed service account of Windows DNS servers that are no management servers; left out: that of --run-as")
	f.StringVar(&o.readers, "readers", "FedRoute Readers", "group that may read, in the domain of --run-as and on each Edge machine")
	f.StringVar(&o.operators, "operators", "FedRoute Operators", "group that may read and change, likewise")
	f.StringVar(&o.transcripts, "transcripts", "", "folder on the machines for a transcript of each session, about 31 MB a day; left out: none")
	f.BoolVar(&o.accounts, "accounts", true, "let the installers make the accounts of the Secrets that the objects name, with new passwords")
	f.StringVar(&o.out, "out", "", "folder to write; it must not be there yet")
	for _, name := range []string{"run-as", "out"} {
		_ = c.MarkFlagRequired(name) // the flags exist
	}
	return c
}

func (p *plugin) writeKit(c *cobra.Command, o kitOptions) error {
	topology, routes, err := p.kitObjects(c, o)
	if err != nil {
		return err
	}
	whole, err := o.whole(topology, routes)
	if err != nil {
		return err
	}
	if err := os.Mkdir(o.out, 0o755); err != nil {
		return err
	}
	for _, f := range whole.Files() {
		path := filepath.Join(o.out, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if f.Secret {
			mode = 0o600
		}
		if err := os.WriteFile(path, f.Bytes(), mode); err != nil {
			return err
		}
	}
	c.Printf("wrote the kit of %d machines into %s; README.md there says what to do\n", len(whole.Machines), o.out)
	if len(whole.Secrets) > 0 {
		c.Printf("it has passwords: delete %s when everything is installed\n", o.out)
	}
	return nil
}

// whole is the kit of the objects.
func (o kitOptions) whole(topology v1alpha1.LyncTopology, routes []v1alpha1.FederationRoute) (kit.Kit, error) {
	machines, err := o.machines(topology, routes)
	k := kit.Kit{Options: kit.Options{Transcripts: o.transcripts}, Limits: o.limits(topology, routes), Machines: machines}
	if err == nil && o.accounts {
		err = o.addAccounts(&k, topology, routes)
	}
	return k, err
}

// machines are the management servers, the Edge machines and the Windows DNS servers.
func (o kitOptions) machines(topology v1alpha1.LyncTopology, routes []v1alpha1.FederationRoute) (list []kit.Machine, err error) {
	limits := o.limits(topology, routes)
	if len(limits.Sites) == 0 {
		return nil, errors.New("no site is known: the routes name none and the topology was not read yet; write --site")
	}
	domain, _, _ := strings.Cut(o.runAs, `\`)
	// A machine that is named for two roles gets both. It stays what it is named for first:
	// all of its functions run as one account.
	add := func(name string, role kit.Role, runAs, authority string) {
		fqdn := strings.ToLower(name)
		i := slices.IndexFunc(list, func(have kit.Machine) bool { return have.FQDN == fqdn })
		if i < 0 {
			i = len(list)
			list = append(list, kit.Machine{FQDN: fqdn, RunAs: runAs, Limits: limits,
				Readers: authority + `\` + o.readers, Operators: authority + `\` + o.operators})
		}
		if !list[i].Has(role) {
			list[i].Roles = append(list[i].Roles, role)
			err = errors.Join(err, list[i].Check())
		}
	}
	for _, e := range topology.Spec.Management.Endpoints {
		name, unknown := machineOf(e.Endpoint)
		err = errors.Join(err, unknown)
		add(name, kit.FrontEnd, o.runAs, domain)
	}
	for _, name := range o.edgeServers(topology) {
		add(name, kit.Edge, "", kit.ComputerName(name))
	}
	for _, r := range routes {
		if r.Spec.DNS == nil {
			continue
		}
		for _, s := range r.Spec.DNS.Servers {
			if s.Provider != v1alpha1.DNSServerCmdlets {
				continue
			}
			host, _, _ := strings.Cut(s.Address, ":")
			endpoint := v1alpha1.Endpoint{URL: v1alpha1.WSManURL("https://" + host)}
			if s.Endpoint != nil {
				endpoint = *s.Endpoint
			}
			name, unknown := machineOf(endpoint)
			err = errors.Join(err, unknown)
			runAs := o.dnsRunAs
			if runAs == "" {
				runAs = o.runAs
			}
			add(name, kit.DNS, runAs, domain)
		}
	}
	return list, err
}

// machineOf is the name of an endpoint's machine.
func machineOf(e v1alpha1.Endpoint) (string, error) {
	if e.ServerName != "" {
		return string(e.ServerName), nil
	}
	u, err := url.Parse(string(e.URL))
	if err != nil {
		return "", err
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return "", fmt.Errorf("%s names an address and no machine: write its serverName", e.URL)
	}
	return u.Hostname(), nil
}

func (o kitOptions) edgeServers(topology v1alpha1.LyncTopology) []string {
	names := slices.Clone(o.edges)
	for _, p := range topology.Status.EdgePools {
		for _, s := range p.Servers {
			names = append(names, s.FQDN)
		}
	}
	if topology.Spec.EdgeServers != nil {
		for _, override := range topology.Spec.EdgeServers.Overrides {
			names = append(names, string(override.FQDN))
		}
	}
	return names
}

// edgePoolsOf lists the Edge pools that a Front End pool may be led to beside the route's.
func edgePoolsOf(p v1alpha1.FrontEndPoolRoute, topology v1alpha1.LyncTopology) []string {
	if p.EdgePool != v1alpha1.EdgePoolLocal {
		return []string{string(p.EdgePool)}
	}
	var out []string
	for _, fe := range topology.Status.FrontEndPools {
		for _, edge := range topology.Status.EdgePools {
			if strings.EqualFold(fe.FQDN, string(p.FQDN)) && strings.EqualFold(edge.Site, fe.Site) {
				out = append(out, edge.FQDN)
			}
		}
	}
	return out
}

// nextHops are the Front End pools that Edge pools hand their traffic to, and their backup
// pools.
func nextHops(seen v1alpha1.LyncTopologyStatus) []string {
	var out []string
	for _, edges := range seen.EdgePools {
		for _, fe := range seen.FrontEndPools {
			if edges.NextHop == fe.FQDN {
				out = append(out, fe.FQDN)
				if fe.BackupPool != "" {
					out = append(out, fe.BackupPool)
				}
			}
		}
	}
	return out
}

// limits are the names that the routes use, and those where federation is now.
func (o kitOptions) limits(topology v1alpha1.LyncTopology, routes []v1alpha1.FederationRoute) kit.Limits {
	l := kit.Limits{Sites: slices.Clone(o.sites), Pools: slices.Clone(o.pools)}
	all := false
	for _, r := range routes {
		l.Pools = append(l.Pools, string(r.Spec.EdgePool))
		for _, p := range slices.Concat(r.Spec.StandbyEdgePools, r.Spec.Prepare) {
			l.Pools = append(l.Pools, string(p))
		}
		for _, p := range r.Spec.FrontEndPools {
			l.Pools = append(l.Pools, string(p.FQDN))
			l.Pools = append(l.Pools, edgePoolsOf(p, topology)...)
		}
		if r.Spec.NextHop == v1alpha1.NextHopFollow {
			l.Pools = append(l.Pools, nextHops(topology.Status)...)
		}
		for _, protocol := range []*v1alpha1.ProtocolRoute{r.Spec.SIP, r.Spec.XMPP} {
			if protocol != nil {
				l.Sites = append(l.Sites, protocol.Sites...)
				all = all || len(protocol.Sites) == 0
			}
		}
		if r.Spec.DNS != nil {
			for _, s := range r.Spec.DNS.Servers {
				l.Zones = append(l.Zones, string(s.Zone))
			}
		}
	}
	for _, s := range topology.Status.Sites {
		if all {
			l.Sites = append(l.Sites, s.Name)
		}
		l.Pools = append(l.Pools, s.SIPRoute, s.XMPPRoute)
	}
	l.Pools = slices.DeleteFunc(l.Pools, func(name string) bool { return name == "" })
	return l
}
