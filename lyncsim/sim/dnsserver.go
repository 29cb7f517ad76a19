package sim

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/dnsserver"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// dnsServer is the DnsServer module of a machine that is a DNS server. Its cmdlets
// change the organization's public zones.
func (m *machine) dnsServer(who identity.Identity) (*powershell.Module, error) {
	session := &dnsserver.Session{
		Zones: m.org.dns.authority.On(m.info.FQDN), ZoneNames: m.info.DNSZones, Server: m.info.FQDN, User: who.Account,
		Denied: !m.org.administersDNS(who), Ran: m.org.cmdlets.add,
	}
	return session.Module()
}

// administersDNS reports whether a session may use the cmdlets: its account was a member of
// DnsAdmins when it signed in, or the description lists it.
func (o *Organization) administersDNS(who identity.Identity) bool {
	admins := o.spec.DNS.Admins
	return len(admins) == 0 || who.Member(farm.GroupSID(farm.DNSAdmins)) || slices.ContainsFunc(admins, func(a string) bool { return strings.EqualFold(a, who.Account) })
}
