package sim

import (
	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// seat is a machine as one session of it sees it.
type seat struct {
	*machine
	session *cmdlets.Session
}

// Token implements dotnet.Domain.
func (s seat) Token() dotnet.Token { return s.session.Token() }

// FindComputer implements dotnet.Domain.
func (s seat) FindComputer(dnsName string) (string, error) { return s.session.FindComputer(dnsName) }

// WindowsServices implements utility.ServiceManager.
func (s seat) WindowsServices() ([]utility.Service, error) {
	if err := s.session.May(farm.ReadServices); err != nil {
		return nil, err
	}
	return WindowsServices(s.org.farm, s.info.FQDN)
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
