package sim

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/configuration"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/psrp"
	"github.com/fedroute/fedroute/lyncsim/refusal"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// ocsPath is the path of the product's own endpoint.
const ocsPath = "/OcsPowershell"

// ocsPowershell is the product's own endpoint on one Front End server. It asks for the
// caller's roles, and runs what they have in the name of the server.
type ocsPowershell struct{ *machine }

// openOcsPowershell makes the endpoint's service, when the organization has it.
func (m *machine) openOcsPowershell(config wsman.Config) error {
	port := m.org.spec.OcsPowershell.Listens()
	if port == 0 || m.info.Role != farm.RoleFrontEnd {
		return nil
	}
	if m.org.powershell != nil {
		return refusal.New(refusal.Unsupported, "open OcsPowershell on", m.info.FQDN, "it is not simulated with a real PowerShell")
	}
	cert, err := issue(m.org.ca, pki.Request{CommonName: m.info.Pool, DNSNames: []string{m.info.Pool, m.info.FQDN}, IPs: []net.IP{m.info.Address.AsSlice()}})
	if err != nil {
		return err
	}
	config.Path, config.Program, config.Remoting, config.Certificate = ocsPath, nil, ocsPowershell{m}, cert
	if config.Kerberos, err = m.org.acceptorOf([]string{"HTTP/" + m.info.Pool, "HTTP/" + m.info.FQDN}); err != nil {
		return err
	}
	config.Address, config.Methods = netip.AddrPortFrom(m.info.Address, port).String(), []wsman.Method{wsman.Negotiate}
	m.ocs, err = wsman.New(config)
	return err
}

// Open implements wsman.Remoting.
func (o ocsPowershell) Open(name string, who identity.Identity, out psrp.Output) (wsman.Session, error) {
	if !strings.EqualFold(name, defaultConfiguration) {
		return nil, wsman.ErrNoConfiguration
	}
	roles := o.org.farm.RolesOf(who)
	if len(roles) == 0 {
		return nil, wsman.ErrNotAdmitted
	}
	as := o.org.farm.ServiceIdentity(o.info.FQDN)
	return psrp.New(psrp.Options{Open: func(ctx context.Context) (*powershell.Runspace, error) {
		shown, err := o.shown(roles)
		if err != nil {
			return nil, err
		}
		rs, err := o.remoteRunspace(ctx, as)
		if err != nil {
			return nil, err
		}
		return shown.Open(ctx, rs, configuration.Opening{Machine: o.info.FQDN, Caller: who, As: as})
	}}, out), nil
}

// shown is what a caller with the roles gets.
func (o ocsPowershell) shown(roles []farm.AdminRole) (*configuration.Configuration, error) {
	var visible, functions []string
	scripts := map[string]configuration.Script{}
	for _, role := range roles {
		own, err := cmdlets.OfRole(o.org.farm.Product(), role)
		if err != nil {
			return nil, err
		}
		visible = append(visible, own...)
		for _, entry := range role.ScriptModules {
			file, function, _ := strings.Cut(entry, ":")
			script, err := o.script(file)
			if err != nil {
				return nil, err
			}
			scripts[strings.ToLower(file)] = script
			if function != "" {
				functions = append(functions, function)
				continue
			}
			all, err := functionsOf(script.Text)
			if err != nil {
				return nil, err
			}
			functions = append(functions, all...)
		}
	}
	var files []configuration.Script
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		files = append(files, scripts[name])
	}
	return configuration.Endpoint("OcsPowershell", o.org.farm.Product().Module, visible, functions, files), nil
}

// script reads a file of the server's folder for scripts of roles.
func (o ocsPowershell) script(file string) (configuration.Script, error) {
	at := o.org.farm.Product().AdminScripts() + `\` + file
	text, err := o.disk.ReadFile(at)
	return configuration.Script{Path: at, Text: string(text)}, err
}

// functionsOf names the functions that a script defines.
func functionsOf(text string) ([]string, error) {
	script, err := syntax.Parse(text)
	if err != nil || script.End == nil {
		return nil, err
	}
	var names []string
	for _, s := range script.End.Statements {
		if f, ok := s.(*syntax.FunctionDefinition); ok {
			names = append(names, f.Name)
		}
	}
	return names, nil
}
