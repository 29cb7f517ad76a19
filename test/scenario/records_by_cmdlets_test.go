package scenario_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

const (
	dnsHost  = "dc1.contoso.com"
	dnsAdmin = `CONTOSO\dnsadmin`
)

// withDNSServer is Contoso with its zone on a Windows DNS server, which is a management
// server, too. Only one account may administer its DNS.
func withDNSServer(t *testing.T, zones ...string) farm.Spec {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.ManagementServers = []farm.MachineSpec{{FQDN: dnsHost, DNSZones: zones}}
	spec.Accounts = []farm.Account{
		{Name: `CONTOSO\lyncadmin`, Groups: farm.AllRights()},
		{Name: dnsAdmin, AdministratorOf: []string{dnsHost}},
		{Name: "Administrator", Machines: []string{"edge1.contoso.com", "edge2.contoso.com"}, Groups: []string{farm.LocalAdministrator}},
	}
	spec.DNS.Admins = []string{dnsAdmin}
	return spec
}

// byCmdlets makes a route change its records on the DNS server: as the DNS administrator,
// or with the kit as the run-as account, which it makes one.
func (s *story) byCmdlets() func(*v1alpha1.FederationRoute) {
	s.Helper()
	account := "dnsadmin"
	if s.way == byKit {
		account = operator
		s.administersDNS(s.zoneAccount())
	}
	s.secret("dnsadmin", s.accountSecret(account, false))
	return func(r *v1alpha1.FederationRoute) {
		s.onDNSServer(r)
		r.Spec.DNS.Servers[0].Authentication = &v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "dnsadmin"}}
	}
}

// administersDNS makes an account a member of DnsAdmins.
func (s *story) administersDNS(name string) {
	s.Helper()
	for _, a := range s.org.Accounts() {
		if a.Name == name {
			a.Groups = append(slices.Clone(a.Groups), farm.DNSAdmins)
			s.must(s.org.ReplaceAccount(name, a))
		}
	}
	s.org.WinRM(dnsHost).DeleteShells() // a group counts from the next sign-in on
}

// zoneAccount is the account that the cmdlets run as.
func (s *story) zoneAccount() string {
	if s.way == byKit {
		return s.org.Farm().Spec().Domain() + `\` + runAs
	}
	return dnsAdmin
}

// onDNSServer makes a route change its records on the DNS server, as whoever manages the
// organization.
func (s *story) onDNSServer(r *v1alpha1.FederationRoute) {
	server := &r.Spec.DNS.Servers[0]
	server.Provider, server.TSIGSecretRef = v1alpha1.DNSServerCmdlets, nil
	for _, e := range s.org.Endpoints() {
		if e.Machine == dnsHost {
			server.Endpoint = &v1alpha1.Endpoint{URL: v1alpha1.WSManURL(e.URL), ServerName: dnsHost}
		}
	}
	if s.way == byKit {
		server.Endpoint.Configuration = kit.ConfigurationName
	}
}

// changedByCmdlets lists the accounts that changed the zone, and on which server. It leaves
// out changes by hand.
func (s *story) changedByCmdlets() (by []string) {
	for _, e := range s.org.Zones().Journal() {
		if who := e.By + " on " + e.Server; e.Server != "" && !slices.Contains(by, who) {
			by = append(by, who)
		}
	}
	return by
}

func TestRecordsAreChangedByCmdlets(t *testing.T) {
	spec := withDNSServer(t, "contoso.com")
	spec.DNS.Federation = farm.DNSEmpty
	s := tell(t, spec)
	r := s.route("edge1.contoso.com", s.byCmdlets())
	s.settled(r)
	s.hosts("edge1.contoso.com")
	s.hears(r, "StepDone", "UpdateDNS zone contoso.com by DnsServer cmdlets")

	s.moveTo(r, "edge2.contoso.com")
	s.settled(r)
	s.hosts("edge2.contoso.com")

	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "A", 300, "127.0.0.66"))
	s.hears(r, "DriftDetected", "fed.contoso.com A is 127.0.0.66")
	s.settled(r)
	s.hosts("edge2.contoso.com")

	if by, want := s.changedByCmdlets(), []string{s.zoneAccount() + " on " + dnsHost}; !slices.Equal(by, want) {
		t.Errorf("the zone was changed by %v, want %v", by, want)
	}
}

// TestZoneIsChangedBehindTheReading: DNS still shows the records from before nora's edit,
// but the DNS server itself has the edit.
func TestZoneIsChangedBehindTheReading(t *testing.T) {
	s := tell(t, withDNSServer(t, "contoso.com"))
	r := s.route("edge1.contoso.com", s.byCmdlets())
	s.settled(r)
	s.rehearse("POST", "/dns/servers/1", map[string]string{"lag": "1h"})
	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "A", 1, "127.0.0.66"))
	changes := len(s.org.Zones().Journal())
	s.moveTo(r, "edge2.contoso.com")
	s.hears(r, "StepFailed", "UpdateDNS zone contoso.com by DnsServer cmdlets", "fed A of zone contoso.com is now '127.0.0.66'", "nothing was changed")
	if now := s.published("fed.contoso.com", "A"); !sameSet(now, []string{"127.0.0.66"}) {
		t.Errorf("the zone holds %v, want what nora wrote", now)
	}
	if now := len(s.org.Zones().Journal()); now != changes {
		t.Errorf("the zone was changed %d times", now-changes)
	}

	s.rehearse("POST", "/dns/servers/1", map[string]string{"lag": "0s"})
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestCmdletsFindNoZone(t *testing.T) {
	s := tell(t, withDNSServer(t, "fabrikam.com"))
	before := s.writes()
	r := s.route("edge2.contoso.com", s.byCmdlets())
	s.says(r, v1alpha1.ReasonInvalid, "The zone contoso.com was not found on server dc1.contoso.com", "correct zone and endpoint in spec.dns.servers")
	s.unchanged(before)
}

func TestCmdletsAreDenied(t *testing.T) {
	s := tell(t, withDNSServer(t, "contoso.com"))
	before := s.writes()
	r := s.route("edge2.contoso.com", s.onDNSServer) // whoever manages the organization is no DNS administrator
	s.says(r, v1alpha1.ReasonDenied, "access is denied", "make the account a member of DnsAdmins")
	s.unchanged(before)
	change(s, r, s.byCmdlets())
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

// TestCmdletsWaitForTheirSecret: fedroute reports the missing Secret before flags and
// routes move.
func TestCmdletsWaitForTheirSecret(t *testing.T) {
	s := tell(t, withDNSServer(t, "contoso.com"))
	cmdlets := s.byCmdlets()
	account := &corev1.Secret{ObjectMeta: s.named("dnsadmin")}
	s.must(objects.Get(s.ctx, key(account), account))
	s.delete(account)
	before := s.writes()
	r := s.route("edge2.contoso.com", cmdlets)
	s.says(r, v1alpha1.ReasonSecretMissing, "Secret dnsadmin does not exist")
	s.unchanged(before)
	s.secret("dnsadmin", map[string]string{"username": string(account.Data["username"]), "password": string(account.Data["password"])})
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestObserveRunsNoDNSServerCmdlet(t *testing.T) {
	s := tell(t, withDNSServer(t, "contoso.com"))
	r := s.route("edge2.contoso.com", s.byCmdlets(), func(r *v1alpha1.FederationRoute) { r.Spec.Mode = v1alpha1.ModeObserve })
	s.says(r, v1alpha1.ReasonDrifted, "mode Observe changes nothing")
	s.lookedAt(2)
	for name := range s.org.Counters().Cmdlets {
		if strings.Contains(name, "-DnsServer") {
			t.Errorf("%s ran", name)
		}
	}
	for _, step := range r.Status.Plan.Steps {
		if step.Kind == "UpdateDNS" && step.Target != "zone contoso.com by DnsServer cmdlets" {
			t.Errorf("the plan does not say how: %s", step.Target)
		}
	}
}
