package hostile

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// Tenant is the namespace of somebody who means harm. Organization names a LyncTopology there
// that can be observed, and Pool an Edge pool of it; routes lead to DNS servers only once
// their organization was seen.
type Tenant struct{ Namespace, Organization, Pool string }

// domains is how many names a hostile route asks for.
const domains = 40

// Route asks a DNS server for many names, and changes nothing.
func (t Tenant) Route(name, server string) client.Object {
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: t.Namespace, Name: name}}
	r.Spec.TopologyRef.Name, r.Spec.EdgePool, r.Spec.Mode = t.Organization, v1alpha1.Hostname(t.Pool), v1alpha1.ModeObserve
	r.Spec.Interval.Duration = 5 * time.Second
	r.Spec.SIP = &v1alpha1.ProtocolRoute{}
	for i := range domains {
		domain := fmt.Sprintf("d%d.contoso.com", i)
		r.Spec.SIP.Domains = append(r.Spec.SIP.Domains, v1alpha1.Domain{Name: v1alpha1.Hostname(domain), Host: v1alpha1.Hostname("sip." + domain)})
	}
	r.Spec.DNS = &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{{Zone: "contoso.com", Address: server, TSIGSecretRef: &v1alpha1.LocalReference{Name: "hostile"}}}}
	return r
}

// Topology leads to a host, which is its management server and an Edge machine.
func (t Tenant) Topology(name string, h *Host) client.Object {
	lt := &v1alpha1.LyncTopology{ObjectMeta: metav1.ObjectMeta{Namespace: t.Namespace, Name: name}}
	lt.Spec.CABundle, lt.Spec.Twin, lt.Spec.PollInterval.Duration = h.CertPEM(), true, 5*time.Second
	lt.Spec.Management.Endpoints = []v1alpha1.ManagementEndpoint{{Endpoint: v1alpha1.Endpoint{URL: v1alpha1.WSManURL(h.URL + "/wsman")}}}
	lt.Spec.Management.Authentication = v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "hostile"}}
	return lt
}

// Secret is what the tenant's objects sign in with.
func (t Tenant) Secret() client.Object {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: t.Namespace, Name: "hostile"},
		StringData: map[string]string{"username": `HOSTILE\a`, "password": "b", "name": "k.", "algorithm": "hmac-sha256", "secret": "c3dvcmRmaXNo"}}
}
