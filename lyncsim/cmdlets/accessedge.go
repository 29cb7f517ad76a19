package cmdlets

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var accessEdgeCmdlets = map[string]cmdlet{
	"Get-CsAccessEdgeConfiguration": {run: getAccessEdge, needs: store, act: farm.ReadProtected, honours: "Identity Filter LocalStore"},
	"Set-CsAccessEdgeConfiguration": {run: setAccessEdge, needs: store,
		honours: "Identity Instance UseDnsSrvRouting UseDefaultRouting DefaultRouteFqdn EnablePartnerDiscovery " +
			strings.Join(accessEdgeSwitches, " ") + " " + strings.Join(names(accessEdgeSettings), " ")},
}

// accessEdgeSwitches are the settings that the farm has as fields of its own.
var accessEdgeSwitches = []string{"AllowAnonymousUsers", "AllowFederatedUsers", "AllowOutsideUsers"}

// accessEdgeSettings are stored but do not affect the farm. Their names, order and
// initial values come from the public output of a Lync Server 2013 console.
var accessEdgeSettings = []setting{
	{name: "BeClearingHouse", kind: truth},
	{name: "EnableArchivingDisclaimer", kind: truth},
	{name: "EnableUserReplicator", kind: truth, since: 6},
	{name: "KeepCrlsUpToDateForPeers", kind: truth, initial: "True"},
	{name: "MarkSourceVerifiableOnOutgoingMessages", kind: truth, initial: "True"},
	{name: "OutgoingTlsCountForFederatedPartners", kind: count, initial: "4"},
	{name: "DiscoveredPartnerStandardRate", kind: count, initial: "20", since: 6},
	{name: "EnableDiscoveredPartnerContactsLimit", kind: truth, initial: "True", since: 6},
	{name: "MaxContactsPerDiscoveredPartner", kind: count, initial: "1000", since: 6},
	{name: "DiscoveredPartnerReportPeriodMinutes", kind: count, initial: "60", since: 6},
	{name: "MaxAcceptedCertificatesStored", kind: count, initial: "1000", since: 6},
	{name: "MaxRejectedCertificatesStored", kind: count, initial: "500", since: 6},
	{name: "CertificatesDeletedPercentage", kind: count, initial: "20", since: 6},
}

func names(settings []setting) []string {
	var list []string
	for _, s := range settings {
		list = append(list, s.name)
	}
	return list
}

func getAccessEdge(_ context.Context, r *run) error {
	all := []*value.Object{r.accessEdgeObject(r.config.AccessEdge)}
	found, err := pick(r, "Access Edge configuration", all, func(o *value.Object) string { return text(o, "Identity") })
	if err != nil {
		return err
	}
	return emitAll(r, found, func(o *value.Object) any { return o })
}

// accessEdgeObject has the properties of its routing method. Partner discovery
// exists only with DNS SRV routing, and the name of a route only without it.
func (r *run) accessEdgeObject(e farm.AccessEdge) *value.Object {
	const class = "Microsoft.Rtc.Management.WritableConfig.Settings.Edge.DisplayAccessEdgeSettings"
	o := value.NewObject(class + "DnsSrvRouting")
	if e.RoutingMethod == "UseDefaultRouting" {
		o = value.NewObject(class + "DefaultRoute")
	}
	o.Set("Identity", "Global").
		Set("AllowAnonymousUsers", e.AllowAnonymousUsers).
		Set("AllowFederatedUsers", e.AllowFederatedUsers).
		Set("AllowOutsideUsers", e.AllowOutsideUsers)
	if e.RoutingMethod == "UseDefaultRouting" {
		o.Set("DefaultRouteFqdn", e.DefaultRouteFQDN)
	} else {
		o.Set("EnablePartnerDiscovery", e.EnablePartnerDiscovery)
	}
	for _, s := range accessEdgeSettings {
		if r.Farm.Product().ServiceVersion >= s.since {
			o.Set(s.name, s.show(e.Other))
		}
	}
	return o.Set("RoutingMethod", e.RoutingMethod)
}

func setAccessEdge(_ context.Context, r *run) error {
	if identity := r.Text("Identity"); identity != "" && !strings.EqualFold(identity, "Global") {
		return notFound("Access Edge configuration", identity)
	}
	known := append([]string{"EnablePartnerDiscovery", "DefaultRouteFqdn"}, accessEdgeSwitches...)
	wanted := r.changes(append(known, names(accessEdgeSettings)...))
	if r.On("UseDefaultRouting") {
		wanted["RoutingMethod"] = "UseDefaultRouting"
	}
	if r.On("UseDnsSrvRouting") {
		wanted["RoutingMethod"] = "UseDnsSrvRouting"
	}
	if yes, err := r.proceed("Global"); !yes || err != nil || len(wanted) == 0 {
		return err
	}
	return r.Farm.SetAccessEdge(r.by(), func(e *farm.AccessEdge) {
		for name, v := range wanted {
			setAccessEdgeProperty(e, name, v)
		}
	})
}

func setAccessEdgeProperty(e *farm.AccessEdge, name string, v any) {
	switch name {
	case "AllowAnonymousUsers":
		e.AllowAnonymousUsers = value.Truth(v)
	case "AllowFederatedUsers":
		e.AllowFederatedUsers = value.Truth(v)
	case "AllowOutsideUsers":
		e.AllowOutsideUsers = value.Truth(v)
	case "EnablePartnerDiscovery":
		e.EnablePartnerDiscovery = value.Truth(v)
	case "DefaultRouteFqdn":
		e.DefaultRouteFQDN = value.Text(v)
	case "RoutingMethod":
		e.RoutingMethod = value.Text(v)
	default:
		e.Other[name] = value.Text(v)
	}
}
