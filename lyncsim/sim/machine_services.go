package sim

import (
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// WindowsServices implements utility.ServiceManager.
func (m *machine) WindowsServices() ([]utility.Service, error) {
	return WindowsServices(m.org.farm, m.info.FQDN)
}

// WindowsServices lists the services that Get-Service and Get-WmiObject show on
// the organization's machine.
func WindowsServices(f *farm.Farm, fqdn string) ([]utility.Service, error) {
	info, err := f.Machine(fqdn)
	if err != nil {
		return nil, err
	}
	var list []utility.Service
	for _, s := range info.Services {
		list = append(list, utility.Service{Name: s.Name, DisplayName: s.DisplayName, Status: string(s.Status), StartType: string(s.StartType),
			HidesStartType: !f.Product().TellsStartType})
	}
	return list, nil
}
