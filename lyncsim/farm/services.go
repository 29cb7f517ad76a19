package farm

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// ServiceStatus is a Windows service's status.
type ServiceStatus string

// The statuses. A service that drains is Paused.
const (
	Running      ServiceStatus = "Running"
	Stopped      ServiceStatus = "Stopped"
	StartPending ServiceStatus = "StartPending"
	StopPending  ServiceStatus = "StopPending"
	Paused       ServiceStatus = "Paused"
)

// StartType is a Windows service's start type.
type StartType string

// The start types. Setup leaves services Disabled when it finds no roles.
const (
	Automatic StartType = "Automatic"
	Disabled  StartType = "Disabled"
)

// Short names of Edge services.
const (
	ServiceAccessEdge = "RTCSRV"
	ServiceReplica    = "REPLICA"
	// ServiceFrontEnd is the Front End service. Its short name is that of the Access
	// Edge service.
	ServiceFrontEnd = "RTCSRV"
	ServiceClsAgent = "RTCCLSAGT"
	// ServiceXMPPProxy is invented, because no public source names the XMPP proxy's
	// short name. Scripts should find the service by its display name.
	ServiceXMPPProxy = "RTCXMPPTGWPROXY"
	xmppProxyDisplay = "XMPP Translating Gateway Proxy"
)

// Service is one Windows service.
type Service struct {
	Name        string        `json:"name"`
	DisplayName string        `json:"displayName"`
	Status      ServiceStatus `json:"status"`
	StartType   StartType     `json:"startType"`
}

type service struct{ Service }

var edgeServices = [][2]string{
	{ServiceAccessEdge, "Access Edge"},
	{"RTCDATAPROXY", "Web Conferencing Edge"},
	{"RTCMRAUTH", "Audio/Video Authentication"},
	{"RTCMEDIARELAY", "Audio/Video Edge"},
	{ServiceReplica, "Replica Replicator Agent"},
	{ServiceClsAgent, "Centralized Logging Service Agent"},
}

// frontEndServices come from a public monitoring script. Display names that are not
// in it are [invented].
var frontEndServices = [][2]string{
	{"W3SVC", "World Wide Web Publishing Service"},
	{"MASTER", "Master Replicator Agent"},
	{ServiceReplica, "Replica Replicator Agent"},
	{"FTA", "File Transfer Agent"},
	{ServiceClsAgent, "Centralized Logging Service Agent"},
	{"FabricHostSvc", "Windows Fabric Host Service"},
	{ServiceFrontEnd, "Front-End"},
	{"RTCCAA", "Conferencing Attendant"},
	{"RTCCAS", "Conferencing Announcement"},
	{"RTCRGS", "Response Group"},
	{"RTCCPS", "Call Park"},
	{"RTCATS", "Audio Test Service"},
	{"RTCIMMCU", "IM Conferencing"},
	{"RTCDATAMCU", "Web Conferencing"},
	{"RTCAVMCU", "Audio/Video Conferencing"},
	{"RTCASMCU", "Application Sharing"},
	{"RTCMEDSRV", "Mediation"},
	{"RTCXMPPTGW", "XMPP Translating Gateway"},
	{"RTCHA", "Health Agent"},
}

// ServicesRequest is a request to start or stop Lync services on one machine.
type ServicesRequest struct {
	Machine string
	// Names are short names; empty means all.
	Names []string
	// Except are short names of services that are left alone (-LeaveClsAgentRunning).
	Except []string
	// Wait chooses between waiting (the default) and -NoWait.
	Wait WaitMode
	// Drain lets sessions end before a service stops (-Graceful).
	Drain DrainMode
}

// WaitMode says whether a command waits until the service has started or stopped.
type WaitMode int

// The wait modes.
const (
	WaitForService WaitMode = iota
	NoWait
)

// DrainMode says whether a service is paused before it stops.
type DrainMode int

// The drain modes.
const (
	StopAtOnce DrainMode = iota
	Graceful
)

// StartServices does what Start-CsWindowsService does on the machine. Faults:
// Invalid, Failed (disabled, will not start), Unreachable.
func (f *Farm) StartServices(ctx context.Context, a Actor, r ServicesRequest) error {
	return f.move(ctx, a, r, transition{"start", Stopped, StartPending, Running, f.durations.ServiceStart})
}

// StopServices does what Stop-CsWindowsService does on the machine. Stopping all
// services includes REPLICA, and the machine then receives no configuration.
func (f *Farm) StopServices(ctx context.Context, a Actor, r ServicesRequest) error {
	t := transition{"stop", Running, StopPending, Stopped, f.durations.ServiceStop}
	if r.Drain == Graceful {
		t.via = Paused
		t.takes += f.durations.Drain
	}
	return f.move(ctx, a, r, t)
}

// transition is a change of a service's status.
type transition struct {
	verb          string
	from, via, to ServiceStatus
	takes         Duration
}

func (f *Farm) move(ctx context.Context, a Actor, r ServicesRequest, t transition) error {
	var moving []*service
	err := f.event(func() error {
		var err error
		moving, err = f.chosen(r, t)
		if err != nil {
			return f.write(a, "Services:"+r.Machine, "", t.verb, err)
		}
		for _, s := range moving {
			s.Status = t.via
		}
		return nil
	})
	if err != nil || len(moving) == 0 {
		return err
	}
	arrive := func() error { return f.event(func() error { return f.arrive(a, r.Machine, moving, t) }) }
	if r.Wait == NoWait && t.takes > 0 {
		f.clock.AfterFunc(t.takes.std(), func() { _ = arrive() })
		return nil
	}
	if err := f.busy(ctx, r.Machine, t.verb+" services of", t.takes); err != nil {
		if ctx.Err() != nil { // the service control manager goes on without the command [inferred]
			f.clock.AfterFunc(t.takes.std(), func() { _ = arrive() })
		}
		return f.refuse(a, "Services:"+r.Machine, err)
	}
	return arrive()
}

// chosen finds the services that a request starts or stops. The caller holds f.mu.
func (f *Farm) chosen(r ServicesRequest, t transition) ([]*service, error) {
	m, err := f.machine(r.Machine)
	if err != nil {
		return nil, err
	}
	if !m.powered {
		return nil, refusal.New(refusal.Unreachable, t.verb+" services of", m.fqdn, "the machine is down")
	}
	for _, n := range r.Names {
		if m.service(n) == nil {
			return nil, notFound(t.verb+" the service of "+m.fqdn, "Windows service", n)
		}
	}
	var out []*service
	for _, s := range m.services {
		named := len(r.Names) == 0 || contains(r.Names, s.Name)
		if !named || contains(r.Except, s.Name) || s.Status == t.to || s.Status == t.via {
			continue
		}
		if t.to == Running && s.StartType == Disabled {
			return nil, refusal.New(refusal.Failed, "start the service "+s.Name+" of", m.fqdn, "the service is disabled").
				Adding("run setup again on that machine")
		}
		out = append(out, s)
	}
	return out, nil
}

// arrive gives the services their final status. The caller holds f.mu.
func (f *Farm) arrive(a Actor, fqdn string, moving []*service, t transition) error {
	m, err := f.machine(fqdn)
	if err != nil {
		return err
	}
	if !m.powered {
		return f.write(a, "Services:"+fqdn, "", t.verb, refusal.New(refusal.Unreachable, t.verb+" services of", fqdn, "the machine is down"))
	}
	var failed error
	for _, s := range moving {
		if s.Status != t.via {
			continue // it went another way meanwhile
		}
		object := fmt.Sprintf("Service:%s\\%s", m.fqdn, s.Name)
		refuses := map[ServiceStatus]FaultKind{Running: FaultServiceWillNotStart, Stopped: FaultServiceWillNotStop}[t.to]
		if err := f.strike(refuses, m.fqdn+"/"+s.Name); err != nil {
			s.Status = t.from
			failed = f.write(a, object, string(t.from), string(t.to), err)
			continue
		}
		if t.to == Running {
			f.started(m, s)
		}
		s.Status = t.to
		_ = f.write(a, object, string(t.from), string(t.to), nil)
	}
	return failed
}

// started does what a service does when it starts. The caller holds f.mu.
func (f *Farm) started(m *machine, s *service) {
	s.Status = Running
	if s.Name == ServiceXMPPProxy {
		m.proxyConfig = m.local
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}
