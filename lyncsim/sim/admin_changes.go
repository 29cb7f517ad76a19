package sim

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

var machineRoutes = []route{
	{"POST /pools/{fqdn}/{act}", `kill, disconnect or return all machines of a pool: {"services": "stay-stopped"}`, (*Organization).poolAct},
	{"POST /machines/{fqdn}/{act}", `kill, disconnect, return ({"services": "start"}), rename ({"hostName": "edge1"}) a machine`, func(o *Organization, r request) (any, error) {
		return nil, o.machineAct(r, r.PathValue("fqdn"))
	}},
	{"POST /machines/{fqdn}/services/{act}", `start or stop Lync services: {"names": ["RTCSRV"]}, all when left out`, (*Organization).servicesAct},
	{"POST /machines/{fqdn}/certificate", `assign another Access Edge certificate: {"life": "8760h", "without": ["fed.contoso.com"], "loose": true}; "0s" gives one that has run out, loose one whose issuer is not on the machine`,
		func(o *Organization, r request) (any, error) {
			var in struct {
				Life    farm.Duration
				Without []string
				Loose   bool
			}
			if err := r.body(&in); err != nil {
				return nil, err
			}
			return nil, o.farm.AssignCertificate(r.actor(), r.PathValue("fqdn"), farm.NewCertificate{Life: time.Duration(in.Life), Without: in.Without, Loose: in.Loose})
		}},
	{"POST /machines/{fqdn}/session-configurations", `install a folder with session configurations and modules, in place of the one before: {"folder": "kit/fe1.contoso.com"}`,
		func(o *Organization, r request) (any, error) {
			var in struct{ Folder string }
			if err := r.body(&in); err != nil {
				return nil, err
			}
			return nil, o.Install(r.PathValue("fqdn"), os.DirFS(in.Folder))
		}},
	{"POST /machines/{fqdn}/console", `run PowerShell as an administrator at the machine itself, who gets everywhere: {"script": "Get-CsSite"}; gives output, errors and exit code`, (*Organization).atConsole},
	{"POST /kit", `do what the installers of an endpoint kit do on every machine, and with "change" what its Grant-FedRoute.ps1 does: {"folder": "/kit", "change": true}`,
		func(o *Organization, r request) (any, error) {
			var in struct {
				Folder string
				Change bool
			}
			if err := r.body(&in); err != nil {
				return nil, err
			}
			return nil, o.InstallKit(os.DirFS(in.Folder), in.Change)
		}},
}

func (o *Organization) atConsole(r request) (any, error) {
	var in struct{ Script string }
	if err := r.body(&in); err != nil {
		return nil, err
	}
	var out, errs bytes.Buffer
	code, err := o.RunScript(r.Context(), r.PathValue("fqdn"), Script{Text: in.Script, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	return map[string]any{"output": out.String(), "errors": errs.String(), "exitCode": code}, err
}

func (o *Organization) poolAct(r request) (any, error) {
	servers, err := o.farm.PoolMachines(r.PathValue("fqdn"))
	if err != nil {
		return nil, err
	}
	body, err := readAct(r)
	if err != nil {
		return nil, err
	}
	for _, fqdn := range servers {
		if err := o.act(r, fqdn, body); err != nil {
			return nil, err
		}
	}
	return map[string][]string{"machines": servers}, nil
}

func (o *Organization) machineAct(r request, fqdn string) error {
	body, err := readAct(r)
	if err != nil {
		return err
	}
	return o.act(r, fqdn, body)
}

// act is what an action on a machine gets as its input.
type act struct {
	Services farm.AfterReturn
	HostName string
}

func readAct(r request) (act, error) {
	in := act{Services: farm.ServicesStart}
	if err := r.body(&in); err != nil {
		return in, err
	}
	if in.Services != farm.ServicesStart && in.Services != farm.ServicesStayStopped {
		return in, refusal.New(refusal.Invalid, "return with services", string(in.Services), `there are only "start" and "stay-stopped"`)
	}
	return in, nil
}

func (o *Organization) act(r request, fqdn string, in act) error {
	switch what := r.PathValue("act"); what {
	case "kill":
		return o.farm.Kill(r.actor(), fqdn)
	case "disconnect":
		return o.farm.Disconnect(r.actor(), fqdn)
	case "return":
		return o.farm.Return(r.actor(), fqdn, in.Services)
	case "rename":
		return o.farm.Rename(r.actor(), fqdn, in.HostName)
	default:
		return refusal.New(refusal.Invalid, what, fqdn, "there are kill, disconnect, return and rename")
	}
}

func (o *Organization) servicesAct(r request) (any, error) {
	var in struct{ Names []string }
	if err := r.body(&in); err != nil {
		return nil, err
	}
	q := farm.ServicesRequest{Machine: r.PathValue("fqdn"), Names: in.Names}
	do := map[string]func(context.Context, farm.Actor, farm.ServicesRequest) error{"start": o.farm.StartServices, "stop": o.farm.StopServices}[r.PathValue("act")]
	if do == nil {
		return nil, refusal.New(refusal.Invalid, r.PathValue("act"), "services", "there are start and stop")
	}
	return nil, do(r.Context(), r.actor(), q)
}

var topologyRoutes = []route{
	{"POST /sites/{name}/route", `point a site's route at an Edge pool as a person would: {"protocol": "XMPP", "pool": "edge2.contoso.com"}`, func(o *Organization, r request) (any, error) {
		in := struct {
			Protocol farm.Protocol
			Pool     string
		}{Protocol: farm.SIP}
		if err := r.body(&in); err != nil {
			return nil, err
		}
		if in.Protocol != farm.SIP && in.Protocol != farm.XMPP {
			return nil, refusal.New(refusal.Invalid, "route the protocol", string(in.Protocol), "there are SIP and XMPP")
		}
		return nil, o.farm.SetSiteRoute(r.actor(), r.PathValue("name"), in.Protocol, in.Pool)
	}},
	{"POST /edgepools/{fqdn}/flags", `tick the boxes of an Edge pool in Topology Builder: {"federation": true, "xmpp": false}`, (*Organization).setFlags},
	{"POST /edgepools/{fqdn}/nexthop", `move the next hop: {"pool": "fe2.contoso.com"}`, func(o *Organization, r request) (any, error) {
		var in struct{ Pool string }
		if err := r.body(&in); err != nil {
			return nil, err
		}
		return nil, o.farm.SetNextHop(r.actor(), r.PathValue("fqdn"), in.Pool)
	}},
	{"POST /frontendpools/{fqdn}/association", `associate a Front End pool, all three links or one: {"edgePool": "edge2.contoso.com", "link": "Registrar"}`, (*Organization).associate},
	{"POST /frontendpools/{fqdn}/state", `set a pool's state: {"state": "FailedOver"}`, func(o *Organization, r request) (any, error) {
		var in struct{ State farm.PoolState }
		if err := r.body(&in); err != nil {
			return nil, err
		}
		return nil, o.farm.SetPoolState(r.actor(), r.PathValue("fqdn"), in.State)
	}},
	{"POST /federation", `the global switch: {"allowFederatedUsers": false}`, func(o *Organization, r request) (any, error) {
		in := struct{ AllowFederatedUsers bool }{o.farm.Truth().AccessEdge.AllowFederatedUsers}
		if err := r.body(&in); err != nil {
			return nil, err
		}
		return nil, o.farm.SetAccessEdge(r.actor(), func(a *farm.AccessEdge) { a.AllowFederatedUsers = in.AllowFederatedUsers })
	}},
	{"POST /centralmanagement", `fail the Central Management Server over: {"pool": "fe2.contoso.com"}`, func(o *Organization, r request) (any, error) {
		var in struct{ Pool string }
		if err := r.body(&in); err != nil {
			return nil, err
		}
		return nil, o.farm.MoveCMS(r.actor(), in.Pool)
	}},
}

func (o *Organization) setFlags(r request) (any, error) {
	var in struct{ Federation, XMPP *bool }
	if err := r.body(&in); err != nil {
		return nil, err
	}
	pool := r.PathValue("fqdn")
	return nil, o.farm.TopologyBuilder(r.actor(), func(d *topology.Document) (*topology.Document, error) {
		var err error
		if in.Federation != nil {
			if d, err = d.WithSIPFederation(pool, *in.Federation); err != nil {
				return nil, err
			}
		}
		if in.XMPP != nil && *in.XMPP && !o.farm.Product().XMPP {
			return nil, refusal.New(refusal.Unsupported, "tick the XMPP box of Edge pool", pool, o.farm.Product().Name+" has no such box")
		}
		if in.XMPP != nil {
			return d.WithXMPPFederation(pool, *in.XMPP)
		}
		return d, nil
	})
}

func (o *Organization) associate(r request) (any, error) {
	var in struct {
		EdgePool string
		Link     farm.Link
	}
	if err := r.body(&in); err != nil {
		return nil, err
	}
	pool := r.PathValue("fqdn")
	p, ok := o.farm.Truth().FrontEndPool(pool)
	if !ok {
		return nil, refusal.New(refusal.Invalid, "associate", pool, "there is no such Front End pool")
	}
	links := []farm.Link{farm.LinkRegistrar, farm.LinkConferencing}
	if p.HasMediation {
		links = append(links, farm.LinkMediation)
	}
	if in.Link != "" {
		links = []farm.Link{in.Link}
	}
	for _, l := range links {
		if err := o.farm.SetAssociation(r.actor(), pool, l, in.EdgePool); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

var replicationRoutes = []route{
	{"POST /replication/stop", "hold all replication up", func(o *Organization, r request) (any, error) { return nil, o.farm.StopReplication(r.actor()) }},
	{"POST /replication/start", "let replication go on", func(o *Organization, r request) (any, error) { return nil, o.farm.StartReplication(r.actor()) }},
	{"POST /replication/force", `force a full copy: {"machine": "edge1.contoso.com"}, all when left out`, func(o *Organization, r request) (any, error) {
		var in struct{ Machine string }
		if err := r.body(&in); err != nil {
			return nil, err
		}
		return nil, o.farm.ForceReplication(r.actor(), in.Machine)
	}},
}

var dnsRoutes = []route{
	{"GET /dns/records", "the records of ?zone=, or of every zone", func(o *Organization, r request) (any, error) {
		out := map[string][]string{}
		for _, z := range o.dns.zones(r.URL.Query().Get("zone")) {
			out[z] = notNil(o.dns.authority.Records(z))
		}
		return out, nil
	}},
	{"POST /dns/records", `set one set of records by hand: {"name": "sip.contoso.com", "type": "A", "ttl": 300, "values": ["127.20.1.12"]}; no values deletes`, func(o *Organization, r request) (any, error) {
		in := struct {
			Name, Type string
			TTL        uint32
			Values     []string
		}{TTL: 300}
		if err := r.body(&in); err != nil {
			return nil, err
		}
		if len(in.Values) == 0 {
			return nil, refusal.Because(refusal.Invalid, "delete the records of", in.Name, o.dns.authority.Delete(r.actor().User, in.Name, in.Type))
		}
		return nil, refusal.Because(refusal.Invalid, "set the records of", in.Name, o.dns.authority.Set(r.actor().User, in.Name, in.Type, in.TTL, in.Values...))
	}},
	{"GET /dns/changes", "every change of the zones", func(o *Organization, _ request) (any, error) { return notNil(o.dns.authority.Journal()), nil }},
}

func (n *nameService) zones(only string) []string {
	if only != "" {
		return []string{only}
	}
	var out []string
	for _, z := range zones(n.farm) {
		out = append(out, z.Name)
	}
	return out
}

func (n *nameService) server(number string) (*dns.Server, error) {
	i, err := strconv.Atoi(number)
	if err != nil || i < 1 || i > len(n.servers) {
		return nil, refusal.New(refusal.Invalid, "find DNS server", number, "they are numbered from 1 to "+strconv.Itoa(len(n.servers)))
	}
	return n.servers[i-1], nil
}

func (o *Organization) machine(fqdn string) (*machine, error) {
	for _, m := range o.machines {
		if strings.EqualFold(m.info.FQDN, fqdn) {
			return m, nil
		}
	}
	return nil, refusal.New(refusal.Invalid, "find the machine", fqdn, "there is no such machine")
}
