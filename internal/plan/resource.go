package plan

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
)

// Sort says what a Resource is.
type Sort string

// The sorts of resources.
const (
	SortStore       Sort = "Central Management Store"
	SortMachine     Sort = "Edge server"
	SortEdgePool    Sort = "Edge pool"
	SortPort        Sort = "port"
	SortZone        Sort = "zone"
	SortFrontEnd    Sort = "Front End pool"
	SortSite        Sort = "site"
	SortRecord      Sort = "record"
	SortCertificate Sort = "certificate of Edge pool"
)

// Resource is one thing in the world that steps work on or look at. Dependencies, locks and
// obstacles name it.
type Resource struct {
	Sort Sort
	Name string // "" for the store, of which an organization has one
}

// String names the resource to a person, such as "zone contoso.com".
func (r Resource) String() string {
	if r.Name == "" {
		return string(r.Sort)
	}
	return string(r.Sort) + " " + r.Name
}

// Exclusive reports whether only one step at a time may change the resource.
func (r Resource) Exclusive() bool { return r.Sort != SortPort }

var theStore = Resource{Sort: SortStore}

func machine(s lync.EdgeServer) Resource { return Resource{SortMachine, string(lync.HostOf(s.FQDN))} }

func edgePool(fqdn string) Resource { return Resource{SortEdgePool, string(lync.HostOf(fqdn))} }

func frontEnd(fqdn string) Resource { return Resource{SortFrontEnd, string(lync.HostOf(fqdn))} }

func zone(name string) Resource { return Resource{SortZone, name} }

func record(s Setting) Resource { return Resource{SortRecord, s.Field} }

func portOf(t probe.Target) Resource {
	return Resource{SortPort, fmt.Sprintf("%d of %s", t.Protocol.Port(), t.Where())}
}

// On lists the resources that the step works on or looks at.
func (s Step) On() []Resource {
	if s.Act == nil {
		return nil
	}
	return s.Act.on()
}

func (a StartEdgeServices) on() []Resource   { return []Resource{machine(a.Server)} }
func (a RestoreSimpleURLs) on() []Resource   { return []Resource{theStore} }
func (a PublishFlags) on() []Resource        { return []Resource{theStore} }
func (a SetSiteRoute) on() []Resource        { return []Resource{theStore} }
func (a SetNextHop) on() []Resource          { return []Resource{theStore} }
func (a AwaitReplication) on() []Resource    { return []Resource{theStore, machine(a.Server)} }
func (a SetupEdgeServer) on() []Resource     { return []Resource{machine(a.Server)} }
func (a RestartEdgeServices) on() []Resource { return []Resource{machine(a.Server)} }

func (a CheckPorts) on() []Resource {
	out := []Resource{portOf(a.Port)}
	for _, s := range a.Servers {
		out = append(out, machine(s))
	}
	return out
}

func (a UpdateDNS) on() []Resource {
	out := []Resource{zone(a.Zone)}
	for _, t := range a.Ports {
		out = append(out, portOf(t))
	}
	return out
}

func (a AssociateFrontEnd) on() []Resource { return []Resource{theStore, frontEnd(a.Pool)} }
func (a FailBackFrontEnd) on() []Resource  { return []Resource{frontEnd(a.Pool)} }
