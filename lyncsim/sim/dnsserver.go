package sim

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/dnsserver"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// dnsServer is the DnsServer module of a machine that is a DNS server. Its cmdlets
// change the organization's public zones.
func (m *machine) dnsServer(user string) (*powershell.Module, error) {
	session := &dnsserver.Session{
		Zones: m.org.dns.authority.On(m.info.FQDN), ZoneNames: m.info.DNSZones, Server: m.info.FQDN, User: user,
		Denied: !m.org.administersDNS(user), Ran: m.org.cmdlets.add,
	}
	return session.Module()
}

// administersDNS reports whether the account is a member of DnsAdmins.
func (o *Organization) administersDNS(user string) bool {
	admins := o.spec.DNS.Admins
	return len(admins) == 0 || slices.ContainsFunc(admins, func(a string) bool { return strings.EqualFold(a, user) })
}
