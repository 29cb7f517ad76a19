package cmdlets

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

var windowsServiceCmdlets = map[string]cmdlet{
	"Get-CsWindowsService":   {run: getWindowsService, act: farm.ReadServices, honours: "Name ComputerName ExcludeActivityLevel"},
	"Start-CsWindowsService": {run: startWindowsService, act: farm.ControlServices, slow: true, honours: "Name InputObject ComputerName NoWait"},
	"Stop-CsWindowsService": {run: stopWindowsService, act: farm.ControlServices, slow: true,
		honours: "Name InputObject ComputerName NoWait Graceful LeaveClsAgentRunning LeaveWebServerRunning"},
}

// serviceStatus is the .NET enumeration of NTService's property Status.
var serviceStatus = &value.EnumType{Name: "System.ServiceProcess.ServiceControllerStatus", Values: []value.EnumValue{
	{Name: "Stopped", Value: 1}, {Name: "StartPending", Value: 2}, {Name: "StopPending", Value: 3}, {Name: "Running", Value: 4},
	{Name: "ContinuePending", Value: 5}, {Name: "PausePending", Value: 6}, {Name: "Paused", Value: 7},
}}

func getWindowsService(_ context.Context, r *run) error {
	machine, err := r.serviceMachine(r.Text("ComputerName"))
	if err != nil {
		return err
	}
	found := machine.Services
	if name := r.Text("Name"); name != "" {
		found = slices.DeleteFunc(slices.Clone(found), func(s farm.Service) bool { return !strings.EqualFold(s.Name, name) })
		if len(found) == 0 {
			return notFound("Windows service", name)
		}
	}
	return emitAll(r, found, func(s farm.Service) any { return windowsServiceObject(machine.FQDN, s) })
}

// windowsServiceObject shows a service. ActivityLevel is missing, because it needs
// performance counters, which the simulator does not have. MachineName is invented:
// the pipeline into Start- and Stop-CsWindowsService needs it.
func windowsServiceObject(machine string, s farm.Service) *value.Object {
	o := value.NewObject("Microsoft.Rtc.Management.Deployment.Core.NTService").
		Set("Status", serviceStatus.Of(string(s.Status))).
		Set("Name", s.Name).
		Set("ActivityLevel", nil).
		Set("DisplayName", s.DisplayName).
		Set("RoleName", []string{}).
		Set("MachineName", machine)
	o.Text = func() string { return s.Name }
	return o
}

func startWindowsService(ctx context.Context, r *run) error {
	request, err := r.servicesRequest()
	if err != nil {
		return err
	}
	if yes, err := r.proceed(servicesText(request)); !yes || err != nil {
		return err
	}
	return r.Farm.StartServices(ctx, r.by(), request)
}

func stopWindowsService(ctx context.Context, r *run) error {
	request, err := r.servicesRequest()
	if err != nil {
		return err
	}
	if r.On("Graceful") {
		request.Drain = farm.Graceful
	}
	if r.On("LeaveClsAgentRunning") {
		request.Except = append(request.Except, farm.ServiceClsAgent)
	}
	if r.On("LeaveWebServerRunning") {
		request.Except = append(request.Except, "W3SVC")
	}
	if yes, err := r.proceed(servicesText(request)); !yes || err != nil {
		return err
	}
	return r.Farm.StopServices(ctx, r.by(), request)
}

// servicesRequest reads from the parameters which services of which machine are
// meant.
func (r *run) servicesRequest() (farm.ServicesRequest, error) {
	computer, name := r.Text("ComputerName"), r.Text("Name")
	if o, ok := r.Value("InputObject").(*value.Object); ok {
		name = text(o, "Name")
		if computer == "" {
			computer = text(o, "MachineName")
		}
	}
	machine, err := r.serviceMachine(computer)
	if err != nil {
		return farm.ServicesRequest{}, err
	}
	request := farm.ServicesRequest{Machine: machine.FQDN}
	if name != "" {
		request.Names = []string{name}
	}
	if r.On("NoWait") {
		request.Wait = farm.NoWait
	}
	return request, nil
}

func servicesText(r farm.ServicesRequest) string {
	if len(r.Names) == 0 {
		return "all services on " + r.Machine
	}
	return strings.Join(r.Names, ", ") + " on " + r.Machine
}

// serviceMachine is the machine whose services are meant: the session's own machine,
// or another machine that its account may manage. A workgroup Edge server does not
// know the domain's accounts, and the domain does not know its accounts [inferred].
func (r *run) serviceMachine(name string) (farm.Machine, error) {
	if name == "" || strings.EqualFold(name, r.Machine) || strings.EqualFold(name, "localhost") {
		return r.Farm.Machine(r.Machine)
	}
	machine, err := r.Farm.Machine(name)
	if err != nil {
		return machine, err
	}
	const op = "open the service control manager of"
	if !machine.Up() {
		return machine, refusal.New(refusal.Unreachable, op, machine.FQDN, "the machine does not answer")
	}
	if r.onEdge() || machine.Role == farm.RoleEdge || r.Who.Local() {
		return machine, refusal.New(refusal.Denied, op, machine.FQDN, "access is denied to "+r.Who.Account)
	}
	return machine, r.Farm.May(r.Who, r.Machine, farm.ControlOtherServices)
}
