package controllers

import (
	"context"
	"crypto/x509"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

// fleetConfig says how to reach the organization's servers. Secrets are read at each
// call.
func fleetConfig(lt *v1alpha1.LyncTopology, o Options) shell.Config {
	spec := lt.Spec
	from := secrets{reader: o.Secrets, namespace: lt.Namespace}
	roots := rootsOf(spec.CABundle)
	endpoint := func(url v1alpha1.WSManURL, name v1alpha1.Hostname) remote.Endpoint {
		return remote.Endpoint{URL: string(url), ServerName: string(name), Roots: roots}
	}
	c := shell.Config{Dial: o.Dial, Clock: o.Clock.Now, Called: calledOf(lt),
		ManagementCredentials: func(ctx context.Context) (remote.Credentials, error) {
			return from.credentials(ctx, spec.Management.Authentication)
		}}
	for _, e := range spec.Management.Endpoints {
		c.Management = append(c.Management, endpoint(e.URL, e.ServerName))
	}
	c.EdgeCredentials = func(ctx context.Context) (remote.Credentials, error) {
		if spec.EdgeServers == nil {
			return remote.Credentials{}, fault.New(fault.Denied, "sign in to", "the Edge servers", "spec.edgeServers of the LyncTopology names no authentication").
				With("their services cannot be seen", "add spec.edgeServers.authentication with a local administrator account")
		}
		return from.credentials(ctx, spec.EdgeServers.Authentication)
	}
	c.EdgeServer = func(fqdn string) remote.Endpoint {
		for _, override := range overrides(spec) {
			if lync.SameHost(string(override.FQDN), fqdn) && override.URL != "" {
				return endpoint(override.URL, override.ServerName)
			}
		}
		return endpoint(v1alpha1.WSManURL("https://"+string(lync.HostOf(fqdn))+":5986/wsman"), "")
	}
	return c
}

func overrides(spec v1alpha1.LyncTopologySpec) []v1alpha1.EdgeServerOverride {
	if spec.EdgeServers == nil {
		return nil
	}
	return spec.EdgeServers.Overrides
}

// rootsOf reads a bundle of CA certificates. An unreadable bundle gives an empty pool:
// then no server is trusted, and the error of every connection names the cause.
func rootsOf(bundle string) *x509.CertPool {
	if bundle == "" {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(bundle))
	return pool
}
