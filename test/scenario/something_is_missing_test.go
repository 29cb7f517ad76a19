package scenario_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

func TestSecretComesLater(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.create(s.topology())
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonSecretMissing, "Secret manager does not exist in namespace "+s.namespace, "create it with the keys", "username", "password")
	if n := s.org.Counters().WinRM.Requests; n != 0 {
		t.Errorf("%d requests were sent without credentials", n)
	}

	incomplete := s.managerSecret()
	delete(incomplete, "password")
	s.secret("manager", incomplete)
	s.says(r, v1alpha1.ReasonSecretMissing, "Secret manager has no key password", "add the key")
	s.unchanged(before)

	s.delete(&corev1.Secret{ObjectMeta: s.named("manager")})
	s.credentials()
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestUpdateKeyComesLater(t *testing.T) {
	s := tell(t, sampleFarm(t, "one-site-two-pools"))
	s.delete(&corev1.Secret{ObjectMeta: s.named("dns-key")})
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonSecretMissing, "Secret dns-key does not exist", "create it with the keys")
	s.unchanged(before) // not even the organization is changed, because DNS could not follow

	s.secret("dns-key", s.dnsSecret())
	s.settled(r)
	s.hosts("edge2.contoso.com")
}

func TestTopologyComesLater(t *testing.T) {
	s := open(t, sampleFarm(t, "one-site-two-pools"))
	s.credentials()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonTopologyMissing, "LyncTopology org does not exist in namespace "+s.namespace, "nothing is observed or changed", "create it or correct spec.topologyRef")

	s.create(s.topology())
	s.settled(r)
	s.hosts("edge2.contoso.com")

	s.delete(s.organization())
	s.says(r, v1alpha1.ReasonTopologyMissing, "nothing is observed or changed")
	s.hosts("edge2.contoso.com")
}
