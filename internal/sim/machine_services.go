package sim

import "github.com/fedroute/fedroute/internal/sim/powershell/utility"

// WindowsServices implements utility.ServiceManager: Get-Service shows what the
// organization's machine runs.
func (m *machine) WindowsServices() ([]utility.Service, error) {
	info, err := m.org.farm.Machine(m.info.FQDN)
	if err != nil {
		return nil, err
	}
	var list []utility.Service
	for _, s := range info.Services {
		list = append(list, utility.Service{Name: s.Name, DisplayName: s.DisplayName, Status: string(s.Status), StartType: string(s.StartType)})
	}
	return list, nil
}
