package stage

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// The two Edge pools of the sample organization, the one in use first, and the Front
// End pool whose next hop they are.
const (
	sample   = "lyncsim/samples/one-site-two-pools.yaml"
	OldPool  = "edge1.contoso.com"
	NewPool  = "edge2.contoso.com"
	FrontEnd = "fe1.contoso.com"
)

// Options change a simulated organization and how it is observed.
type Options struct {
	Durations farm.Durations // zero: everything is instant
	Behaviour farm.Behaviour
	Clock     farm.Clock    // nil: the real one
	Poll      time.Duration // poll interval of the LyncTopology
	Manager   []string      // more arguments of the manager
	Limited   bool          // the manager has the memory limit of the shipped container, and serves metrics
	Machines  int           // of each Edge pool; zero: one, which has its pool's name
}

// Simulate starts the sample organization.
func Simulate(ctx context.Context, o Options) (*sim.Organization, error) {
	spec, err := farm.Load(sample)
	if err != nil {
		return nil, err
	}
	spec.Durations.Durations, spec.Behaviour = o.Durations, o.Behaviour
	if o.Machines > 1 {
		for i := range spec.Sites[0].EdgePools {
			p := &spec.Sites[0].EdgePools[i]
			name, domain, _ := strings.Cut(p.FQDN, ".")
			p.Servers = nil
			for n := range o.Machines {
				p.Servers = append(p.Servers, farm.MachineSpec{FQDN: fmt.Sprintf("%s%c.%s", name, 'a'+n, domain)})
			}
		}
	}
	return sim.Start(ctx, sim.Config{Spec: spec.WithoutSecondHop(), Clock: o.Clock})
}

// Organization starts the sample organization and creates the objects that describe
// it in the namespace.
func (s *Stage) Organization(ctx context.Context, namespace, name string, o Options) (*sim.Organization, error) {
	org, err := Simulate(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.describe(ctx, namespace, name, org, o.Poll); err != nil {
		org.Close()
		return nil, err
	}
	return org, nil
}

func (s *Stage) describe(ctx context.Context, namespace, name string, org *sim.Organization, poll time.Duration) error {
	key := org.DNSKeys()[0]
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	lt.Spec.CABundle, lt.Spec.Twin = string(org.CA().CertPEM()), true // all are copies of one organization
	lt.Spec.PollInterval.Duration = poll
	lt.Spec.Management.Authentication = authentication(name + "-manager")
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: v1alpha1.Accounts{Authentication: authentication(name + "-edge")}}
	for _, e := range org.Endpoints() {
		url, server := v1alpha1.WSManURL(e.URL), v1alpha1.Hostname(e.Machine)
		if e.Role == farm.RoleEdge {
			lt.Spec.EdgeServers.Overrides = append(lt.Spec.EdgeServers.Overrides, v1alpha1.EdgeServerOverride{FQDN: server, URL: url, ServerName: server})
		} else {
			lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Endpoint: v1alpha1.Endpoint{URL: url, ServerName: server}})
		}
	}
	return s.Create(ctx,
		secret(namespace, name+"-manager", map[string]string{"username": org.DomainAccount().Name, "password": org.DomainAccount().Password}),
		secret(namespace, name+"-edge", map[string]string{"username": org.LocalAccount().Name, "password": org.LocalAccount().Password}),
		secret(namespace, name+"-dns", map[string]string{"name": key.Name, "algorithm": key.Algorithm, "secret": key.Secret}),
		lt)
}

func authentication(secret string) v1alpha1.Authentication {
	return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: secret}}
}

func secret(namespace, name string, data map[string]string) client.Object {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, StringData: data}
}

// Route makes a route to OldPool for the organization's first SIP domain.
func Route(namespace, name, topology string, org *sim.Organization) *v1alpha1.FederationRoute {
	domain := org.Farm().Spec().SIPDomains[0]
	protocol := &v1alpha1.ProtocolRoute{Domains: []v1alpha1.Domain{{Name: v1alpha1.Hostname(domain), Host: v1alpha1.Hostname("fed." + domain)}}}
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	r.Spec.TopologyRef.Name = topology
	r.Spec.EdgePool = OldPool
	r.Spec.SIP, r.Spec.XMPP = protocol, protocol
	r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: FrontEnd}}
	r.Spec.DNS = &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{{Zone: v1alpha1.ZoneName(domain), Address: org.DNSServers()[0],
		ReadBackFrom: org.DNSServers(), TSIGSecretRef: &v1alpha1.LocalReference{Name: topology + "-dns"}}}}
	return r
}
