package controllers

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/fingerprint"
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
	c := shell.Config{Dial: o.Dial, Clock: o.Clock.Now, Called: calledOf(lt),
		Reader: from.account(spec, readerOf), Operator: from.account(spec, operatorOf)}
	for _, e := range spec.Management.Endpoints {
		at := endpointOf(e.Endpoint, roots)
		at.Delegate = e.Delegate
		c.Management = append(c.Management, at)
	}
	c.EdgeServer = func(fqdn string) remote.Endpoint {
		own := overrideOf(spec, fqdn)
		at := remote.Endpoint{URL: string(own.URL), Machine: string(own.FQDN), ServerName: string(own.ServerName), Roots: roots, Configuration: string(own.Configuration)}
		if own.URL == "" {
			at.URL, at.ServerName = "https://"+string(lync.HostOf(fqdn))+":5986/wsman", ""
		}
		if own.Configuration == "" && spec.EdgeServers != nil {
			at.Configuration = string(spec.EdgeServers.Configuration)
		}
		return at
	}
	return c
}

// connectionsOf is a print of everything in a spec that connections depend on: all but what
// is left out here. An edit that keeps the print keeps the connections.
func connectionsOf(spec v1alpha1.LyncTopologySpec) fingerprint.Print {
	of := *spec.DeepCopy()
	of.PollInterval, of.Twin = metav1.Duration{}, false
	if of.EdgeServers != nil {
		var all []v1alpha1.EdgeServerOverride
		for _, o := range of.EdgeServers.Overrides {
			o.ExternalAddresses, o.OutOfService = nil, false
			if !reflect.DeepEqual(o, v1alpha1.EdgeServerOverride{FQDN: o.FQDN}) { // otherwise it says nothing else
				all = append(all, o)
			}
		}
		of.EdgeServers.Overrides = all
	}
	text, _ := json.Marshal(of) // the API server has just sent it as JSON
	return fingerprint.Of(text)
}

// readerOf gives the account that reads.
func readerOf(a v1alpha1.Accounts) v1alpha1.Authentication { return cmp.Or(a.Reader, a.Authentication) }

// operatorOf gives the account that changes.
func operatorOf(a v1alpha1.Accounts) v1alpha1.Authentication {
	return cmp.Or(a.Operator, a.Authentication)
}

// account reads the credentials of one account on every host of the organization.
func (s secrets) account(spec v1alpha1.LyncTopologySpec, which func(v1alpha1.Accounts) v1alpha1.Authentication) shell.Account {
	return shell.Account{
		Management: func(ctx context.Context) (remote.Credentials, error) {
			return s.ofDomain(ctx, which(spec.Management.Accounts))
		},
		Edge: func(ctx context.Context, fqdn string) (remote.Credentials, error) {
			common := cmp.Or(spec.EdgeServers, &v1alpha1.EdgeServers{}).Accounts
			account := which(cmp.Or(overrideOf(spec, fqdn).Accounts, common))
			if account == (v1alpha1.Authentication{}) {
				return remote.Credentials{}, fault.New(fault.Denied, "sign in to", fqdn, "spec.edgeServers of the LyncTopology names no account for it").
					With("its services cannot be seen", "add spec.edgeServers.authentication with a local administrator account")
			}
			return s.credentials(ctx, account)
		},
	}
}

// endpointOf is an endpoint of a spec in the words of remote sessions.
func endpointOf(e v1alpha1.Endpoint, roots *x509.CertPool) remote.Endpoint {
	return remote.Endpoint{URL: string(e.URL), ServerName: string(e.ServerName), Roots: roots,
		Configuration: string(e.Configuration), SPN: string(e.SPN)}
}

// overrideOf gives what the spec says about one Edge machine, and the zero value when it
// says nothing.
func overrideOf(spec v1alpha1.LyncTopologySpec, fqdn string) v1alpha1.EdgeServerOverride {
	for _, override := range overrides(spec) {
		if lync.SameHost(string(override.FQDN), fqdn) {
			return override
		}
	}
	return v1alpha1.EdgeServerOverride{}
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
