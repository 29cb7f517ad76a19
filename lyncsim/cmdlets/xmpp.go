package cmdlets

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

const partnerParameters = "AdditionalDomains ConnectionLimit Description EnableKeepAlive PartnerType ProxyFqdn " +
	"SaslNegotiation SupportDialbackNegotiation TlsNegotiation"

var xmppCmdlets = map[string]cmdlet{
	"Get-CsXmppGatewayConfiguration": {run: getXMPPGateway, needs: store, honours: "Identity Filter LocalStore"},
	"Set-CsXmppGatewayConfiguration": {run: setXMPPGateway, needs: store,
		honours: "Identity Instance " + strings.Join(names(gatewaySettings), " ")},
	"Get-CsXmppAllowedPartner":    {run: getXMPPPartner, needs: store, honours: "Identity Filter LocalStore"},
	"New-CsXmppAllowedPartner":    {run: newXMPPPartner, needs: store, honours: "Identity Domain InMemory " + partnerParameters},
	"Set-CsXmppAllowedPartner":    {run: setXMPPPartner, needs: store, honours: "Identity Instance " + partnerParameters},
	"Remove-CsXmppAllowedPartner": {run: removeXMPPPartner, needs: store, honours: "Identity"},
}

// gatewaySettings have no published initial values.
var gatewaySettings = []setting{
	{name: "ConnectionLimit", kind: count},
	{name: "DialbackPassphrase"},
	{name: "EnableLoggingAllMessageBodies", kind: truth},
	{name: "KeepAliveInterval", kind: count},
	{name: "PartnerConnectionLimit", kind: count},
	{name: "StreamEstablishmentTimeout", kind: count},
	{name: "StreamInactivityTimeout", kind: count},
	{name: "SubscriptionRefreshInterval", kind: count},
}

func getXMPPGateway(_ context.Context, r *run) error {
	o := value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.XmppFederation.XmppGatewaySettings").Set("Identity", "Global")
	for _, s := range gatewaySettings {
		o.Set(s.name, s.show(r.config.XMPPGateway.Settings))
	}
	found, err := pick(r, "XMPP gateway configuration", []*value.Object{o}, func(o *value.Object) string { return text(o, "Identity") })
	if err != nil {
		return err
	}
	return emitAll(r, found, func(o *value.Object) any { return o })
}

func setXMPPGateway(_ context.Context, r *run) error {
	if yes, err := r.proceed("Global"); !yes || err != nil {
		return err
	}
	wanted := r.changes(names(gatewaySettings))
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if err := r.Farm.SetXMPPGateway(r.by(), name, value.Text(wanted[name])); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) partners() []farm.XMPPPartner {
	var list []farm.XMPPPartner
	for _, domain := range slices.Sorted(maps.Keys(r.config.Partners)) {
		list = append(list, r.config.Partners[domain])
	}
	return list
}

func getXMPPPartner(_ context.Context, r *run) error {
	found, err := pick(r, "allowed XMPP partner", r.partners(), func(p farm.XMPPPartner) string { return p.Domain })
	if err != nil {
		return err
	}
	return emitAll(r, found, func(p farm.XMPPPartner) any { return partnerObject(p) })
}

// partnerObject has the parameters of the New cmdlet as properties [inferred].
func partnerObject(p farm.XMPPPartner) *value.Object {
	return value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.XmppFederation.XmppAllowedPartner#Decorated",
		"Microsoft.Rtc.Management.WritableConfig.Settings.XmppFederation.XmppAllowedPartner").
		Set("Identity", p.Domain).
		Set("Domain", p.Domain).
		Set("AdditionalDomains", p.AdditionalDomains).
		Set("PartnerType", p.PartnerType).
		Set("TlsNegotiation", p.TLSNegotiation).
		Set("SaslNegotiation", p.SASLNegotiation).
		Set("SupportDialbackNegotiation", p.SupportDialbackNegotiation).
		Set("EnableKeepAlive", p.EnableKeepAlive).
		Set("ConnectionLimit", p.ConnectionLimit).
		Set("ProxyFqdn", p.ProxyFQDN).
		Set("Description", p.Description)
}

func newXMPPPartner(_ context.Context, r *run) error {
	domain := r.Text("Identity") + r.Text("Domain") // one of them is bound
	if _, ok := r.config.Partners[strings.ToLower(domain)]; ok {
		return alreadyThere(domain)
	}
	p, err := r.partner(farm.XMPPPartner{Domain: domain})
	if err != nil {
		return err
	}
	if !r.On("InMemory") {
		if yes, err := r.proceed(domain); !yes || err != nil {
			return err
		}
		if err := r.Farm.PutXMPPPartner(r.by(), p); err != nil {
			return err
		}
	}
	return r.EmitWhole(partnerObject(p))
}

func setXMPPPartner(_ context.Context, r *run) error {
	domain := r.Text("Identity")
	if o, ok := r.Value("Instance").(*value.Object); ok {
		domain = text(o, "Identity")
	}
	old, ok := r.config.Partners[strings.ToLower(domain)]
	if !ok {
		return notFound("allowed XMPP partner", domain)
	}
	p, err := r.partner(old)
	if err != nil {
		return err
	}
	if yes, err := r.proceed(domain); !yes || err != nil {
		return err
	}
	return r.Farm.PutXMPPPartner(r.by(), p)
}

func removeXMPPPartner(_ context.Context, r *run) error {
	if yes, err := r.proceed(r.Text("Identity")); !yes || err != nil {
		return err
	}
	return r.Farm.RemoveXMPPPartner(r.by(), r.Text("Identity"))
}

// partner applies the wanted changes to an allowed partner.
func (r *run) partner(p farm.XMPPPartner) (farm.XMPPPartner, error) {
	var err error
	for name, v := range r.changes(strings.Fields(partnerParameters)) {
		switch name {
		case "AdditionalDomains":
			p.AdditionalDomains, err = modifiedTexts(p.AdditionalDomains, name, v)
		case "ConnectionLimit":
			n, _ := value.ToInt(v)
			p.ConnectionLimit = int(n)
		case "Description":
			p.Description = value.Text(v)
		case "EnableKeepAlive":
			p.EnableKeepAlive = value.Truth(v)
		case "PartnerType":
			p.PartnerType = value.Text(v)
		case "ProxyFqdn":
			p.ProxyFQDN = value.Text(v)
		case "SaslNegotiation":
			p.SASLNegotiation = value.Text(v)
		case "SupportDialbackNegotiation":
			p.SupportDialbackNegotiation = value.Truth(v)
		case "TlsNegotiation":
			p.TLSNegotiation = value.Text(v)
		}
	}
	return p, err
}
