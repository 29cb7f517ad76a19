package cmdlets

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var serviceCmdlets = map[string]cmdlet{
	"Get-CsService":          {run: getService, needs: store, honours: "Identity Filter PoolFqdn " + strings.Join(roleSwitches, " ")},
	"Set-CsRegistrar":        {run: associate("Registrar", farm.LinkRegistrar), needs: store, honours: "Identity EdgeServer"},
	"Set-CsConferenceServer": {run: associate("ConferencingServer", farm.LinkConferencing), needs: store, honours: "Identity EdgeServer"},
	"Set-CsMediationServer":  {run: associate("MediationServer", farm.LinkMediation), needs: store, honours: "Identity EdgeServer"},
	"Set-CsDirector":         {run: associate("Director", "Director"), needs: store, honours: "Identity EdgeServer"},
	"Set-CsEdgeServer":       {run: setNextHop, needs: store, honours: "Identity Registrar"},
}

// roleSwitches are the switches of Get-CsService. Each switch is also the prefix of
// its role's identities.
var roleSwitches = []string{
	"ApplicationDatabase", "ApplicationServer", "ArchivingDatabase", "ArchivingServer", "BackupServer",
	"CentralManagement", "CentralManagementDatabase", "ConferencingServer", "Director", "EdgeServer", "FileStore",
	"LegalInterceptServer", "ManagementServer", "MediationServer", "MonitoringDatabase", "MonitoringServer",
	"PersistentChatComplianceDatabase", "PersistentChatDatabase", "PersistentChatServer", "ProvisionDatabase",
	"ProvisionServer", "PstnGateway", "Registrar", "TrustedApplicationPool", "UserDatabase", "UserServer",
	"VideoGateway", "VideoInteropServer", "WacServer", "WebServer",
}

// service is one service of the document with its identity.
type service struct {
	*topology.Service
	identity string // "EdgeServer:edge.contoso.com"
	role     string // "EdgeServer"
	pool     string
}

func services(doc *topology.Document) []service {
	var list []service
	for i := range doc.Services {
		s := &doc.Services[i]
		identity := farm.Identity(doc, s)
		role, pool, _ := strings.Cut(identity, ":")
		list = append(list, service{s, identity, role, pool})
	}
	return list
}

func getService(_ context.Context, r *run) error {
	list, err := pick(r, "service", services(r.config.Published), func(s service) string { return s.identity })
	if err != nil {
		return err
	}
	role := r.roleSwitch()
	for _, s := range list {
		if role != "" && s.role != role {
			continue
		}
		if pool := r.Text("PoolFqdn"); pool != "" && !strings.EqualFold(s.pool, pool) {
			continue
		}
		if err := r.EmitWhole(r.serviceObject(s)); err != nil {
			return err
		}
	}
	return nil
}

// roleSwitch is the role switch that was given, or "".
func (r *run) roleSwitch() string {
	for _, role := range roleSwitches {
		if r.On(role) {
			return role
		}
	}
	return ""
}

// serviceObject shows a service: first the properties of its role, then those of all
// services.
func (r *run) serviceObject(s service) *value.Object {
	class := s.role
	if class == "ConferencingServer" {
		class = "ConferenceServer"
	}
	o := value.NewObject("Microsoft.Rtc.Management.Xds.Display" + class)
	o.Set("Identity", s.identity)
	r.roleProperties(o, s)
	return o.Set("DependentServiceList", r.dependents(s)).
		Set("ServiceId", s.ID.String()).
		Set("SiteId", sitePrefix+siteName(r.config.Published, s.ID.Site)).
		Set("PoolFqdn", s.pool).
		Set("Version", number(s.Version)).
		Set("Role", s.role)
}

// dependents lists the services that use this one.
func (r *run) dependents(s service) []string {
	list := []string{}
	for _, other := range services(r.config.Published) {
		for _, id := range other.DependsOn {
			if id == s.ID {
				list = append(list, other.identity)
			}
		}
	}
	return list
}

// associate makes the behaviour of a cmdlet that associates one role with an Edge
// pool.
func associate(role string, link farm.Link) func(context.Context, *run) error {
	return func(_ context.Context, r *run) error {
		s, err := r.service(role)
		if err != nil || !r.Has("EdgeServer") {
			return err
		}
		pool, err := r.target("EdgeServer", "EdgeServer")
		if err != nil {
			return err
		}
		if yes, err := r.proceed(s.identity); !yes || err != nil {
			return err
		}
		return r.Farm.SetAssociation(r.by(), s.pool, link, pool)
	}
}

// setNextHop changes the Front End pool to which an Edge pool hands traffic. The
// port parameters are not simulated, because no document says whether they switch
// federation.
func setNextHop(_ context.Context, r *run) error {
	s, err := r.service("EdgeServer")
	if err != nil || !r.Has("Registrar") {
		return err
	}
	pool, err := r.target("Registrar", "Registrar")
	if err != nil {
		return err
	}
	if yes, err := r.proceed(s.identity); !yes || err != nil {
		return err
	}
	return r.Farm.SetNextHop(r.by(), s.pool, pool)
}

// service finds the service of the role that -Identity names.
func (r *run) service(role string) (service, error) {
	return r.serviceOf(r.Text("Identity"), role)
}

func (r *run) serviceOf(identity, role string) (service, error) {
	for _, s := range services(r.config.Published) {
		if s.role == role && strings.EqualFold(s.identity, identity) {
			return s, nil
		}
	}
	return service{}, notFound(role+" service", identity)
}

// target reads a parameter whose value is another service's identity and gives that
// service's pool; $null removes the link [invented].
func (r *run) target(parameter, role string) (string, error) {
	given := r.Text(parameter)
	if given == "" {
		return "", nil
	}
	s, err := r.serviceOf(given, role)
	return s.pool, err
}
