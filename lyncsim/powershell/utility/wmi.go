package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// getWMIObject is Get-WmiObject. It knows one class, Win32_Service, and of that class
// the properties in serviceProperties, as the reference of the class [doc] describes
// them. With -Property the object has only the named properties.
func getWMIObject() cmdlet {
	return cmdlet{name: "Get-WmiObject", heeds: "Class Property",
		process: func(_ context.Context, c *powershell.Call) error {
			if class := c.Text("Class"); !strings.EqualFold(class, "Win32_Service") {
				return dotnet.Refuse("Get-WmiObject -Class %s", class)
			}
			for _, name := range c.Texts("Property") {
				if !slices.ContainsFunc(serviceProperties, func(p serviceProperty) bool { return name == "*" || strings.EqualFold(p.name, name) }) {
					return dotnet.Refuse("the property %s of Win32_Service", name)
				}
			}
			all, err := servicesOf(c, "Get-WmiObject")
			if err != nil {
				return err
			}
			for _, s := range all {
				if err := c.EmitWhole(s.managed(c.Texts("Property"))); err != nil {
					return err
				}
			}
			return nil
		}}
}

// serviceProperty is one property of Win32_Service.
type serviceProperty struct {
	name string
	of   func(Service) string
}

var serviceProperties = []serviceProperty{
	{"Name", func(s Service) string { return s.Name }},
	{"DisplayName", func(s Service) string { return s.DisplayName }},
	{"State", func(s Service) string { return spaced[s.Status] }},
	{"StartMode", func(s Service) string { return strings.Replace(s.StartType, "Automatic", "Auto", 1) }},
}

// spaced are the states of a service, each as Win32_Service writes it.
var spaced = map[string]string{"Stopped": "Stopped", "StartPending": "Start Pending", "StopPending": "Stop Pending", "Running": "Running",
	"ContinuePending": "Continue Pending", "PausePending": "Pause Pending", "Paused": "Paused"}

// managed is the service as a Win32_Service object with the named properties, or with
// all when none is named.
func (s Service) managed(properties []string) *value.Object {
	o := value.NewObject("System.Management.ManagementObject", "System.Management.ManagementBaseObject", "System.ComponentModel.Component")
	for _, p := range serviceProperties {
		if len(properties) == 0 || matchesAny(properties, p.name) {
			o.Set(p.name, p.of(s))
		}
	}
	o.Adapted = true
	return o
}
