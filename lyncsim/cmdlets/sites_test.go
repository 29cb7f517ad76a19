package cmdlets_test

import (
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

func byProcedures(s *farm.Spec) { s.XMPPRouteParameter = farm.XMPPRouteByProcedures }

func TestGetSite(t *testing.T) {
	check(t, map[string]oneLiner{
		"all": {
			reason: "branch sites are listed behind their central site",
			script: `Get-CsSite | ForEach-Object { "$($_.Identity) $($_.SiteType)" }`,
			want:   answer{Out: []string{"Site:Redmond CentralSite", "Site:Portland RemoteSite", "Site:Dublin CentralSite"}},
		},
		"routes": {
			reason: "a route is a service identity, an absent one is blank",
			script: `Get-CsSite | Where-Object { $_.SiteType -eq 'CentralSite' } | ForEach-Object { "[$($_.FederationRoute)] [$($_.XmppFederationRoute)]" }`,
			want: answer{Out: []string{
				"[EdgeServer:edge1.contoso.com] [EdgeServer:edge1.contoso.com]", "[EdgeServer:edge1.contoso.com] []"}},
		},
		"by bare name": {
			reason: "the reference takes the bare name",
			script: `(Get-CsSite -Identity redmond).Pools`,
			want:   answer{Out: []string{"pool1.contoso.com", "edge1.contoso.com"}},
		},
		"unknown": {
			reason: "an unknown site is an error and the script goes on",
			script: `Get-CsSite -Identity Paris; 'after'`,
			want:   answer{Out: []string{"after"}, Errors: []string{"ItemNotFound,Get-CsSite"}},
		},
		"filter": {
			reason: "a filter is a wildcard",
			script: `(Get-CsSite -Filter 'Du*').Identity`,
			want:   answer{Out: []string{"Site:Dublin"}},
		},
		"on an Edge": {
			reason: "a workgroup Edge reaches no Central Management Store",
			on:     edge1,
			script: `Get-CsSite`,
			want:   answer{Errors: []string{"CannotConnect,Get-CsSite"}},
		},
		"2010": {
			reason: "Lync Server 2010 has no XMPP route",
			edit:   product("LyncServer2010"),
			script: `@((Get-CsSite Redmond).PSObject.Properties | Where-Object { $_.Name -like '*Route' }).Name`,
			want:   answer{Out: []string{"FederationRoute"}},
		},
	})
}

func TestSetSite(t *testing.T) {
	check(t, map[string]oneLiner{
		"XMPP": {
			reason: "the one line that a failback is about",
			script: `Set-CsSite -Identity Redmond -XmppFederationRoute EdgeServer:edge2.contoso.com; (Get-CsSite Redmond).XmppFederationRoute`,
			want:   answer{Out: []string{"EdgeServer:edge2.contoso.com"}},
		},
		"piped identity": {
			reason: "the reference's third example passes Site:Name",
			script: `Get-CsSite Dublin | ForEach-Object { Set-CsSite -Identity $_.Identity -FederationRoute EdgeServer:edge2.contoso.com }; (Get-CsSite Dublin).FederationRoute`,
			want:   answer{Out: []string{"EdgeServer:edge2.contoso.com"}},
		},
		"bare name": {
			reason: "the reference wants a service identity",
			script: `Set-CsSite -Identity Redmond -XmppFederationRoute edge2.contoso.com`,
			want:   answer{Errors: []string{"InvalidArgument,Set-CsSite"}},
		},
		"name of the procedures": {
			reason: "the reference does not have it",
			script: `Set-CsSite -Identity Redmond -XmppExternalFederationRoute edge2.contoso.com`,
			want:   answer{Errors: []string{"NamedParameterNotFound,Set-CsSite"}},
		},
		"server of the procedures": {
			reason: "there the procedure works as written, with the name of an Edge server in the pool",
			edit:   byProcedures,
			script: `Set-CsSite -Identity Redmond -XmppExternalFederationRoute edge2a.contoso.com; (Get-CsSite Redmond).XmppFederationRoute`,
			want:   answer{Out: []string{"EdgeServer:edge2.contoso.com"}},
		},
		"member of a pool": {
			reason: "service identities are per pool",
			script: `Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge1a.contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Set-CsSite"}},
		},
		"cleared": {
			reason: "nothing clears a route",
			script: `Set-CsSite Redmond -FederationRoute $null; "[$((Get-CsSite Redmond).FederationRoute)]"`,
			want:   answer{Out: []string{"[]"}},
		},
		"WhatIf": {
			reason: "-WhatIf changes nothing and says what would be done",
			script: `Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge2.contoso.com -WhatIf; (Get-CsSite Redmond).FederationRoute`,
			want: answer{Out: []string{
				`What if: Performing the operation "Set-CsSite" on target "Site:Redmond".`, "EdgeServer:edge1.contoso.com"}},
		},
		"unknown site": {
			reason: "an unknown site is an error",
			script: `Set-CsSite -Identity Paris -FederationRoute EdgeServer:edge2.contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Set-CsSite"}},
		},
		"2010": {
			reason: "a parameter that the version does not have does not exist",
			edit:   product("LyncServer2010"),
			script: `Set-CsSite Redmond -XmppFederationRoute EdgeServer:edge2.contoso.com`,
			want:   answer{Errors: []string{"NamedParameterNotFound,Set-CsSite"}},
		},
		"display name": {
			reason:  "what the farm cannot keep is not ignored",
			script:  `Set-CsSite Redmond -DisplayName 'Head office'`,
			refused: "Set-CsSite -DisplayName",
		},
	})
}
