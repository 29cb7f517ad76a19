package scenario_test

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestAccountMayPublishAndNotEnable: the account is in RTCUniversalServerAdmins, and nobody
// granted that group the setup permission. Nothing is published. When the account gets the
// right and a person asks, the move goes on.
func TestAccountMayPublishAndNotEnable(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	account := s.org.DomainAccount()
	account.Groups, account.AdministratorOf = []string{farm.ServerAdmins}, []string{"*"}
	s.must(s.org.ReplaceAccount(account.Name, account))
	s.credentials()
	s.create(s.topology())
	r := s.route("edge1.contoso.com")
	s.settled(r)

	before := s.writes()
	s.moveTo(r, "edge2.contoso.com")
	s.says(r, v1alpha1.ReasonRightsMissing, "nothing was published", `run Grant-CsSetupPermission -ComputerOU "OU=Lync Servers,DC=contoso,DC=com"`)
	s.lookedAt(2)
	s.unchanged(before)
	if s.org.Counters().Cmdlets["Publish-CsTopology"] > 0 {
		t.Error("something was to be published")
	}

	account.Groups = farm.AllRights()
	s.must(s.org.ReplaceAccount(account.Name, account))
	for _, server := range []string{"fe1.contoso.com", "fe2.contoso.com"} { // a group counts from the next sign-in on
		s.org.WinRM(server).DeleteShells()
		s.org.WinRM(server).DropConnections()
	}
	change(s, r, func(r *v1alpha1.FederationRoute) {
		r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: time.Now().Format(time.RFC3339)}
	})
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
