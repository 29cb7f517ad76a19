package utility

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Service is a Windows service as its service control manager shows it. Status
// and StartType are names of .NET's ServiceControllerStatus and ServiceStartMode.
type Service struct {
	Name, DisplayName, Status, StartType string
	// HidesStartType says that the machine's ServiceController has no property
	// StartType, as before .NET Framework 4.6.1.
	HidesStartType bool
}

// ServiceManager is a machine (powershell.Options.Machine) whose services
// Get-Service and Get-WmiObject can show; on other machines both are refused.
type ServiceManager interface {
	// WindowsServices lists the services of the machine.
	WindowsServices() ([]Service, error)
}

var (
	serviceStatus = &value.EnumType{Name: "System.ServiceProcess.ServiceControllerStatus", Values: []value.EnumValue{
		{Name: "Stopped", Value: 1}, {Name: "StartPending", Value: 2}, {Name: "StopPending", Value: 3}, {Name: "Running", Value: 4},
		{Name: "ContinuePending", Value: 5}, {Name: "PausePending", Value: 6}, {Name: "Paused", Value: 7}}}
	serviceStart = &value.EnumType{Name: "System.ServiceProcess.ServiceStartMode", Values: []value.EnumValue{
		{Name: "Boot", Value: 0}, {Name: "System", Value: 1}, {Name: "Automatic", Value: 2}, {Name: "Manual", Value: 3}, {Name: "Disabled", Value: 4}}}
)

func getService() cmdlet {
	return cmdlet{name: "Get-Service", heeds: "Name DisplayName Include Exclude",
		process: func(_ context.Context, c *powershell.Call) error {
			all, err := servicesOf(c, "Get-Service")
			if err != nil {
				return err
			}
			parameter, patterns := "Name", c.Texts("Name")
			if c.Has("DisplayName") {
				parameter, patterns = "DisplayName", c.Texts("DisplayName")
			}
			if len(patterns) == 0 {
				patterns = []string{"*"}
			}
			for _, p := range patterns {
				if err := emitServices(c, all, parameter, p); err != nil {
					return err
				}
			}
			return nil
		}}
}

// servicesOf lists the services of the machine by name.
func servicesOf(c *powershell.Call, command string) ([]Service, error) {
	manager, ok := c.Runspace().Env().Machine.(ServiceManager)
	if !ok {
		return nil, dotnet.Refuse("%s on a machine of no organization", command)
	}
	all, err := manager.WindowsServices()
	slices.SortFunc(all, func(a, b Service) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return all, err
}

// emitServices puts out the services whose name or display name matches.
func emitServices(c *powershell.Call, all []Service, parameter, pattern string) error {
	found := false
	for _, s := range all {
		name := map[string]string{"Name": s.Name, "DisplayName": s.DisplayName}[parameter]
		if !powershell.WildcardMatch(pattern, name) {
			continue
		}
		found = true
		if c.Has("Include") && !matchesAny(c.Texts("Include"), name) || matchesAny(c.Texts("Exclude"), name) {
			continue
		}
		if err := c.EmitWhole(s.object()); err != nil {
			return err
		}
	}
	if found || powershell.HasWildcards(pattern) {
		return nil
	}
	what := map[string]string{"Name": "service name", "DisplayName": "display name"}[parameter]
	return c.WriteError(powershell.NewErrorRecord("Microsoft.PowerShell.Commands.ServiceCommandException", "NoServiceFoundForGiven"+parameter, "ObjectNotFound",
		pattern, fmt.Sprintf("Cannot find any service with %s '%s'.", what, pattern)))
}

// object is the service as a ServiceController. The object has only the properties and
// methods that are set here.
func (s Service) object() *value.Object {
	o := value.NewObject("System.ServiceProcess.ServiceController", "System.ComponentModel.Component").
		Set("Name", s.Name).Set("DisplayName", s.DisplayName).Set("ServiceName", s.Name).Set("MachineName", ".").
		Set("Status", serviceStatus.Of(s.Status)).Set("CanStop", s.Status == "Running")
	if !s.HidesStartType {
		o.Set("StartType", serviceStart.Of(s.StartType))
	}
	o.Adapted = true
	o.Text = func() string { return s.Name }
	o.Methods = make(map[string]value.Method)
	for _, name := range []string{"Start", "Stop", "Pause", "Continue", "Refresh", "WaitForStatus", "Close"} {
		o.Methods[strings.ToLower(name)] = func([]any) (any, error) { return nil, dotnet.Refuse("%s() of a service", name) }
	}
	return o
}
