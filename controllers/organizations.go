package controllers

import (
	"context"
	"crypto/x509"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/winrm"
)

// organizations keeps one fleet of remote workers for each LyncTopology. All
// routes of a topology share it.
type organizations struct {
	options Options
	mu      sync.Mutex
	fleets  map[types.NamespacedName]*organization
}

// organization is one topology's fleet, as of one edition of its spec.
type organization struct {
	fleet *shell.Fleet
	edition
}

// edition is one spec of one LyncTopology.
type edition struct {
	uid        types.UID
	generation int64
}

func editionOf(lt *v1alpha1.LyncTopology) edition { return edition{lt.UID, lt.Generation} }

func newOrganizations(o Options) *organizations {
	return &organizations{options: o, fleets: map[types.NamespacedName]*organization{}}
}

// open gives the topology's fleet, a new one when its spec has changed.
func (o *organizations) open(lt *v1alpha1.LyncTopology) *shell.Fleet {
	key := types.NamespacedName{Namespace: lt.Namespace, Name: lt.Name}
	o.mu.Lock()
	defer o.mu.Unlock()
	if have, ok := o.fleets[key]; ok {
		if have.edition == editionOf(lt) {
			return have.fleet
		}
		leave(key, have.fleet)
	}
	fleet := shell.NewFleet(o.config(lt))
	o.fleets[key] = &organization{fleet: fleet, edition: editionOf(lt)}
	return fleet
}

// connected gives the organization's fleet as of the edition that a plan was
// observed with; false when that is not, or no longer, the one that is connected:
// what was seen in one organization must not be done to another.
func (o *organizations) connected(key types.NamespacedName, of edition) (*shell.Fleet, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	have, ok := o.fleets[key]
	if !ok || have.edition != of {
		return nil, false
	}
	return have.fleet, true
}

func (o *organizations) forget(key types.NamespacedName) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if have, ok := o.fleets[key]; ok {
		leave(key, have.fleet)
		delete(o.fleets, key)
	}
}

// close ends every fleet; it is called once, when nothing runs any more.
func (o *organizations) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all contain.Group
	for key, have := range o.fleets {
		all.Go(opLeave, key.String(), func() error { closeFleet(have.fleet); return nil })
	}
	_ = all.Wait() // a fleet that could not be closed is in the log
	o.fleets = map[types.NamespacedName]*organization{}
}

const opLeave = "close the connection to"

// leave closes a fleet that nobody uses any more, and waits for nothing.
func leave(key types.NamespacedName, f *shell.Fleet) {
	contain.Go(opLeave, key.String(), func() { closeFleet(f) }, nil)
}

func closeFleet(f *shell.Fleet) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	f.Close(ctx)
}

func (o *organizations) config(lt *v1alpha1.LyncTopology) shell.Config {
	spec := lt.Spec
	from := secrets{reader: o.options.Secrets, namespace: lt.Namespace}
	roots := rootsOf(spec.CABundle)
	endpoint := func(url v1alpha1.WSManURL, name v1alpha1.Hostname) winrm.Endpoint {
		return winrm.Endpoint{URL: string(url), ServerName: string(name), Roots: roots}
	}
	c := shell.Config{Dial: o.options.Dial, Clock: o.options.Clock.Now, Called: observeCall,
		ManagementCredentials: func(ctx context.Context) (winrm.Credentials, error) {
			return from.credentials(ctx, spec.Management.Authentication)
		}}
	for _, e := range spec.Management.Endpoints {
		c.Management = append(c.Management, endpoint(e.URL, e.ServerName))
	}
	c.EdgeCredentials = func(ctx context.Context) (winrm.Credentials, error) {
		if spec.EdgeServers == nil {
			return winrm.Credentials{}, fault.New(fault.Denied, "sign in to", "the Edge servers", "spec.edgeServers of the LyncTopology names no authentication").
				With("their services cannot be seen", "add spec.edgeServers.authentication with a local administrator account")
		}
		return from.credentials(ctx, spec.EdgeServers.Authentication)
	}
	c.EdgeServer = func(fqdn string) winrm.Endpoint {
		for _, override := range overrides(spec) {
			if lync.SameHost(string(override.FQDN), fqdn) && override.URL != "" {
				return endpoint(override.URL, override.ServerName)
			}
		}
		return endpoint(v1alpha1.WSManURL("https://"+strings.ToLower(fqdn)+":5986/wsman"), "")
	}
	return c
}

func overrides(spec v1alpha1.LyncTopologySpec) []v1alpha1.EdgeServerOverride {
	if spec.EdgeServers == nil {
		return nil
	}
	return spec.EdgeServers.Overrides
}

// rootsOf reads the bundle. An unreadable bundle trusts nobody, so that every
// connection says why.
func rootsOf(bundle string) *x509.CertPool {
	if bundle == "" {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(bundle))
	return pool
}
