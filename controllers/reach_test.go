package controllers

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

func TestEndpointsOfAnOrganization(t *testing.T) {
	lt := lyncTopology()
	lt.Spec.CABundle = "no certificate at all"
	lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.Endpoint{URL: "https://10.0.0.2/wsman", ServerName: "fe2.contoso.com"})
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Overrides: []v1alpha1.EdgeServerOverride{
		{FQDN: "edge1.contoso.com", URL: "https://10.0.0.7:5986/wsman", ServerName: "edge1.contoso.com"},
		{FQDN: "edge2.contoso.com", OutOfService: true}}}
	c := fleetConfig(lt, newStage(t).topologies.options)
	if len(c.Management) != 2 || c.Management[0].URL != "https://fe1.contoso.com:5986/wsman" || c.Management[1].ServerName != "fe2.contoso.com" {
		t.Errorf("management endpoints %v, want both in the order of the spec", c.Management)
	}
	cases := map[string]struct {
		reason  string
		machine string
		want    remote.Endpoint
	}{
		"overridden":       {"the override says where and by which name", "Edge1.contoso.com", remote.Endpoint{URL: "https://10.0.0.7:5986/wsman", ServerName: "edge1.contoso.com"}},
		"otherwise listed": {"an override without URL changes nothing about it", "edge2.contoso.com", remote.Endpoint{URL: "https://edge2.contoso.com:5986/wsman"}},
		"not listed":       {"the default is the machine's own name", "EDGE3.contoso.com", remote.Endpoint{URL: "https://edge3.contoso.com:5986/wsman"}},
	}
	for name, look := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.EdgeServer(look.machine)
			if got.URL != look.want.URL || got.ServerName != look.want.ServerName {
				t.Errorf("%s: %s (%s), want %s (%s)", look.reason, got.URL, got.ServerName, look.want.URL, look.want.ServerName)
			}
			if got.Roots == nil {
				t.Errorf("%s: a bundle without certificates must trust nobody, and not whom the system trusts", look.reason)
			}
		})
	}
	if rootsOf("") != nil {
		t.Error("without a bundle the system's authorities count")
	}
}

func TestEdgeServersWithoutCredentials(t *testing.T) {
	c := fleetConfig(lyncTopology(), newStage(t).topologies.options)
	_, err := c.EdgeCredentials(t.Context())
	if !fault.Is(err, fault.Denied) || !strings.Contains(fault.Sentence(err), "add spec.edgeServers.authentication") {
		t.Errorf("%v: want to be told what to add", err)
	}
	if got := c.EdgeServer("edge1.contoso.com").URL; got != "https://edge1.contoso.com:5986/wsman" {
		t.Errorf("without edgeServers the machine is at %s", got)
	}
}

func TestCredentialsAreReadAnewForEachCall(t *testing.T) {
	s := newStage(t, managerSecret(), secret("edge", map[string]string{"username": "local", "password": "x"}))
	lt := lyncTopology()
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "edge"}}}
	c := fleetConfig(lt, s.topologies.options)
	if edge, err := c.EdgeCredentials(t.Context()); err != nil || edge.Username != "local" || edge.Method != remote.Basic {
		t.Errorf("Edge servers: %v, %v", edge, err)
	}
	if got, err := c.ManagementCredentials(t.Context()); err != nil || got.Password != swordfish {
		t.Errorf("management servers: %v, %v", got, err)
	}
	rotated := managerSecret()
	rotated.Data["password"] = []byte("changed")
	must(t, s.objects.Update(t.Context(), rotated))
	if got, err := c.ManagementCredentials(t.Context()); err != nil || got.Password != "changed" {
		t.Errorf("a rotated Secret does not count (%v)", err)
	}
}
