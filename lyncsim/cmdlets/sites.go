package cmdlets

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var siteCmdlets = map[string]cmdlet{
	"Get-CsSite": {run: getSite, needs: store, honours: "Identity Filter"},
	"Set-CsSite": {run: setSite, needs: store,
		honours: "Identity FederationRoute XmppFederationRoute XmppExternalFederationRoute"},
}

const sitePrefix = "Site:"

// getSite follows the public output of a Lync Server 2013 console [field]. For
// branch sites there is no such output; their form is inferred.
func getSite(_ context.Context, r *run) error {
	var all []*value.Object
	for _, site := range r.config.Sites() {
		all = append(all, r.centralSite(site))
		for _, branch := range site.Branches {
			all = append(all, remoteSite(branch, site.Name))
		}
	}
	name := func(o *value.Object) string { return text(o, "Identity") }
	if wanted := r.Text("Identity"); wanted != "" {
		// The reference takes the bare name, but its own example pipes Site:Name.
		for _, site := range all {
			if strings.EqualFold(name(site), sitePrefix+unprefixed(wanted, sitePrefix)) {
				return r.EmitWhole(site)
			}
		}
		return notFound("site", wanted)
	}
	if filter := r.Text("Filter"); filter != "" {
		all = matching(all, filter, func(o *value.Object) string { return unprefixed(name(o), sitePrefix) })
	}
	return emitAll(r, all, func(o *value.Object) any { return o })
}

func (r *run) centralSite(site farm.Site) *value.Object {
	o := value.NewObject("Microsoft.Rtc.Management.Deploy.Internal.Site+CentralSite", "Microsoft.Rtc.Management.Deploy.Internal.Site").
		Set("Identity", sitePrefix+site.Name).
		Set("SiteId", site.ID).
		Set("Services", site.Services).
		Set("Pools", site.Pools).
		Set("FederationRoute", edgeIdentity(site.Routes.SIP))
	if r.Farm.XMPPRouteParameter() != "" {
		o.Set("XmppFederationRoute", edgeIdentity(site.Routes.XMPP)).
			Set("DefaultPersistentChatPool", nil)
	}
	return o.Set("Description", nil).
		Set("DisplayName", site.Name).
		Set("SiteType", "CentralSite").
		Set("ParentSite", nil)
}

func remoteSite(name, parent string) *value.Object {
	return value.NewObject("Microsoft.Rtc.Management.Deploy.Internal.Site+RemoteSite", "Microsoft.Rtc.Management.Deploy.Internal.Site").
		Set("Identity", sitePrefix+name).
		Set("Services", []string{}).
		Set("Pools", []string{}).
		Set("Description", nil).
		Set("DisplayName", name).
		Set("SiteType", "RemoteSite").
		Set("ParentSite", sitePrefix+parent)
}

// routeParameters are the parameters that set a route. A server has only one of the
// two for XMPP.
var routeParameters = []struct {
	name     string
	protocol farm.Protocol
}{
	{"FederationRoute", farm.SIP},
	{farm.XMPPRouteByReference, farm.XMPP},
	{farm.XMPPRouteByProcedures, farm.XMPP},
}

// setSite changes the routes of one central site. A route that is $null is cleared
// [invented: no document shows how].
func setSite(_ context.Context, r *run) error {
	wanted := unprefixed(r.Text("Identity"), sitePrefix)
	site, ok := r.config.Site(wanted)
	if !ok {
		return notFound("central site", wanted)
	}
	pools := map[farm.Protocol]string{}
	for _, p := range routeParameters {
		if !r.Has(p.name) {
			continue
		}
		pool, err := r.routeTarget(p.name)
		if err != nil {
			return err
		}
		pools[p.protocol] = pool
	}
	if yes, err := r.proceed(sitePrefix + site.Name); !yes || err != nil {
		return err
	}
	for _, protocol := range slices.Sorted(maps.Keys(pools)) {
		if err := r.Farm.SetSiteRoute(r.by(), site.Name, protocol, pools[protocol]); err != nil {
			return err
		}
	}
	return nil
}

// routeTarget reads a route's value, the service identity EdgeServer:<pool>. The
// parameter of the procedures also accepts what the procedures pass: the bare name
// of a pool, or of an Edge server in it.
func (r *run) routeTarget(parameter string) (string, error) {
	given := r.Text(parameter)
	if given == "" {
		return "", nil
	}
	name := unprefixed(given, edgePrefix)
	if name == given && parameter != farm.XMPPRouteByProcedures {
		return "", badArgument(parameter, given, "it is no service identity such as EdgeServer:edge.contoso.com")
	}
	for _, pool := range r.config.EdgePools() {
		if strings.EqualFold(pool.FQDN, name) {
			return pool.FQDN, nil
		}
		for _, m := range pool.Machines {
			if name == given && strings.EqualFold(m.FQDN, name) {
				return pool.FQDN, nil
			}
		}
	}
	return "", notFound("Edge service", given)
}

const edgePrefix = "EdgeServer:"

// edgeIdentity is the identity of an Edge pool's service, or $null.
func edgeIdentity(pool string) any { return serviceIdentity("EdgeServer", pool) }

func serviceIdentity(role, pool string) any {
	switch {
	case pool == "":
		return nil
	case strings.Contains(pool, ":"): // a site's route over a Director has its role with it
		return pool
	}
	return role + ":" + pool
}

// text reads a property as text.
func text(o *value.Object, property string) string {
	v, _ := o.Get(property)
	return value.Text(v)
}
