package shell

import (
	"encoding/xml"
	"fmt"
	"net/netip"
	"strings"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/remote"
)

// documentBounds are those of one topology document. A machine has about ten elements and
// attributes, and a pool's services have some hundred, so this is an organization of some
// thousand pools.
var documentBounds = remote.XMLBounds{Nodes: 500_000, Depth: 64}

// document is the part of the topology document that this package reads. The
// flags live only there: no cmdlet has a property for the check boxes.
type document struct {
	clusters []clusterElement
	edges    []serviceElement
}

type clusterElement struct {
	FQDN     string           `xml:"Fqdn,attr"`
	ID       clusterID        `xml:"ClusterId"`
	Machines []machineElement `xml:"Machine"`
}

type clusterID struct {
	Site   string `xml:"SiteId,attr"`
	Number string `xml:"Number,attr"`
}

type machineElement struct {
	FQDN       string             `xml:"Fqdn,attr"`
	Interfaces []interfaceElement `xml:"NetInterface"`
}

// interfaceElement is a network interface of a machine. Behind a NAT, the configured
// address is the public one.
type interfaceElement struct {
	Side           string `xml:"InterfaceSide,attr"`
	Number         string `xml:"InterfaceNumber,attr"`
	IPv4           string `xml:"IPAddress,attr"`
	ConfiguredIPv4 string `xml:"ConfiguredIPAddress,attr"`
	IPv6           string `xml:"IPv6Address,attr"`
	ConfiguredIPv6 string `xml:"ConfiguredIPv6Address,attr"`
}

type serviceElement struct {
	InstalledOn clusterID     `xml:"InstalledOn>ClusterId"`
	Ports       []portElement `xml:"Ports>Port"`
}

type portElement struct {
	Owner          string `xml:"Owner,attr"`
	Usage          string `xml:"Usage,attr"`
	Side           string `xml:"InterfaceSide,attr"`
	Interface      string `xml:"InterfaceNumber,attr"`
	ConfiguredFQDN string `xml:"ConfiguredFqdn,attr"`
}

func readDocument(clusters, edgeServices []string) (document, error) {
	var d document
	bounds := documentBounds
	for _, text := range clusters {
		var c clusterElement
		if err := readElement(text, &bounds, &c); err != nil {
			return document{}, fmt.Errorf("a Cluster element: %w", err)
		}
		d.clusters = append(d.clusters, c)
	}
	for _, text := range edgeServices {
		var s serviceElement
		if err := readElement(text, &bounds, &s); err != nil {
			return document{}, fmt.Errorf("a Service element: %w", err)
		}
		d.edges = append(d.edges, s)
	}
	return d, nil
}

// readElement takes what an element holds from the bounds of the whole document.
func readElement(text string, bounds *remote.XMLBounds, into any) error {
	if err := bounds.Take(text); err != nil {
		return err
	}
	return xml.Unmarshal([]byte(text), into)
}

func (d document) cluster(fqdn string) clusterElement {
	for _, c := range d.clusters {
		if lync.SameHost(c.FQDN, fqdn) {
			return c
		}
	}
	return clusterElement{}
}

// machines names the machines of a pool. A machine without a name of its own has the name
// of the pool.
func (d document) machines(pool string) []string {
	var names []string
	for _, m := range d.cluster(pool).Machines {
		names = append(names, m.name(pool))
	}
	return names
}

func (m machineElement) name(pool string) string {
	if m.FQDN == "" {
		return pool
	}
	return m.FQDN
}

// edgePool joins what Get-CsService says of an Edge pool with its part of the
// document. A pool that the document does not describe has no machines and no flags.
func (d document) edgePool(service roleReply) lync.EdgePool {
	pool := lync.EdgePool{
		FQDN: service.Pool, Site: siteName(service.Site),
		ExternalFQDN: service.ExternalFqdn, NextHop: poolName(service.Registrar),
	}
	cluster := d.cluster(service.Pool)
	var ports serviceElement
	for _, s := range d.edges {
		if cluster.FQDN != "" && s.InstalledOn == cluster.ID {
			ports = s
		}
	}
	access, _ := ports.port("urn:component:AccessEdge", "SipClient", "External")
	if pool.ExternalFQDN == "" {
		pool.ExternalFQDN = access.ConfiguredFQDN
	}
	_, pool.SIPEnabled = ports.port("urn:component:AccessEdge", "SipServer", "External")
	_, outside := ports.port("urn:component:XmppFederationProxy", "XmppServer", "External")
	_, inside := ports.port("urn:component:XmppFederationProxy", "XptServer", "Internal")
	pool.XMPPEnabled = outside && inside
	for _, m := range cluster.Machines {
		pool.Servers = append(pool.Servers, m.edgeServer(pool.FQDN, access.Interface))
	}
	return pool
}

// edgePools are the Edge pools as far as the document alone describes them.
func (d document) edgePools() []lync.EdgePool {
	var pools []lync.EdgePool
	for _, s := range d.edges {
		for _, c := range d.clusters {
			if c.ID == s.InstalledOn {
				pools = append(pools, d.edgePool(roleReply{Pool: c.FQDN}))
			}
		}
	}
	return pools
}

func (s serviceElement) port(owner, usage, side string) (portElement, bool) {
	for _, p := range s.Ports {
		if p.Owner == owner && p.Usage == usage && p.Side == side {
			return p, true
		}
	}
	return portElement{}, false
}

// edgeServer takes only the addresses of the external interface that the Access Edge uses.
// An Edge with three external addresses has two more, which carry no federation.
func (m machineElement) edgeServer(pool, accessInterface string) lync.EdgeServer {
	server := lync.EdgeServer{FQDN: m.name(pool)}
	for _, i := range m.Interfaces {
		if i.Side != "External" || accessInterface != "" && i.Number != accessInterface {
			continue
		}
		for _, pair := range [][2]string{{i.IPv4, i.ConfiguredIPv4}, {i.IPv6, i.ConfiguredIPv6}} {
			own, known := address(pair[0])
			if known {
				server.InterfaceAddresses = append(server.InterfaceAddresses, own)
			}
			if public, translated := address(pair[1]); translated {
				server.ExternalAddresses = append(server.ExternalAddresses, public)
			} else if known {
				server.ExternalAddresses = append(server.ExternalAddresses, own)
			}
		}
	}
	return server
}

// address reads an address. It gives false for "0.0.0.0", which stands for any address.
func address(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	return a, err == nil && !a.IsUnspecified()
}
