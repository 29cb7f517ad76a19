package lync

import "slices"

// Generation is one version of the product as far as federation goes.
type Generation struct {
	// Name is the name that Get-CsServerVersion prints, without "Microsoft" in front.
	Name string
	// Major is the first part of its version number. The Subscription Edition
	// shares 7 with 2019.
	Major int
	// Module is the PowerShell module that carries its cmdlets.
	Module string
	// WithoutXMPP says why it has no XMPP federation; empty where it has. The cmdlets and
	// parameters do not show it: later versions still have those of 2013.
	WithoutXMPP string
	// XMPPByHost: the certificate for XMPP may carry the host of the SRV record, or a wildcard,
	// in place of the domain. docs/versions.md has the sources.
	XMPPByHost bool
}

// The two generations that the major version number alone does not tell apart.
const (
	Name2019 = "Skype for Business Server 2019"
	NameSE   = "Skype for Business Server Subscription Edition"
)

const removed = "it was removed from the product after 2015"

var generations = []Generation{
	{Name: "Lync Server 2010", Major: 4, Module: "Lync",
		WithoutXMPP: "its XMPP gateway is an add-on with a server of its own, which neither an Edge pool nor a site's route leads to"},
	{Name: "Lync Server 2013", Major: 5, Module: "Lync"},
	{Name: "Skype for Business Server 2015", Major: 6, Module: "SkypeForBusiness", XMPPByHost: true},
	{Name: Name2019, Major: 7, Module: "SkypeForBusiness", WithoutXMPP: removed},
	{Name: NameSE, Major: 7, Module: "SkypeForBusiness", WithoutXMPP: removed},
}

// Generations lists what fedroute knows, oldest first. docs/versions.md has the
// sources.
func Generations() []Generation { return slices.Clone(generations) }
