package cmdlets_test

import (
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

func TestAccessEdge(t *testing.T) {
	check(t, map[string]oneLiner{
		"get": {
			reason: "values of the public console paste",
			script: `$a = Get-CsAccessEdgeConfiguration; $a.Identity; $a.AllowFederatedUsers; $a.RoutingMethod; $a.OutgoingTlsCountForFederatedPartners`,
			want:   answer{Out: []string{"Global", "True", "UseDnsSrvRouting", "4"}},
		},
		"switch off": {
			reason: "the global switch of federation",
			script: `Set-CsAccessEdgeConfiguration -AllowFederatedUsers $false; (Get-CsAccessEdgeConfiguration).AllowFederatedUsers`,
			want:   answer{Out: []string{"False"}},
		},
		"routing": {
			reason: "a switch chooses the routing method; the other's property is gone",
			script: `Set-CsAccessEdgeConfiguration -UseDefaultRouting -DefaultRouteFqdn gw.contoso.com; $a = Get-CsAccessEdgeConfiguration; "$($a.RoutingMethod) $($a.DefaultRouteFqdn) [$($a.EnablePartnerDiscovery)]"`,
			want:   answer{Out: []string{"UseDefaultRouting gw.contoso.com []"}},
		},
		"local store": {
			reason: "an Edge reads its replica",
			on:     edge1,
			script: `(Get-CsAccessEdgeConfiguration -LocalStore).AllowFederatedUsers`,
			want:   answer{Out: []string{"True"}},
		},
		"piped": {
			reason: "a changed instance can be piped back",
			script: `$a = Get-CsAccessEdgeConfiguration; $a.AllowOutsideUsers = $false; $a | Set-CsAccessEdgeConfiguration; (Get-CsAccessEdgeConfiguration).AllowOutsideUsers`,
			want:   answer{Out: []string{"False"}},
		},
		"a text for a truth": {
			reason: "the binder's own error",
			script: `Set-CsAccessEdgeConfiguration -AllowFederatedUsers 'true'`,
			want:   answer{Errors: []string{"ParameterArgumentTransformationError,Set-CsAccessEdgeConfiguration"}},
		},
	})
}

func TestXMPP(t *testing.T) {
	const partner = `New-CsXmppAllowedPartner fabrikam.com -TlsNegotiation NotSupported -SaslNegotiation NotSupported -EnableKeepAlive $false -SupportDialbackNegotiation $true; `
	check(t, map[string]oneLiner{
		"new": {
			reason: "the new partner is returned and listed",
			script: `(` + partner[:len(partner)-2] + `).Identity; (Get-CsXmppAllowedPartner fabrikam.com).SupportDialbackNegotiation`,
			want:   answer{Out: []string{"fabrikam.com", "True"}},
		},
		"set": {
			reason: "one property changes, the others stay",
			script: `$null = ` + partner + `Set-CsXmppAllowedPartner fabrikam.com -AdditionalDomains @{Add='im.fabrikam.com'}; $p = Get-CsXmppAllowedPartner; $p.AdditionalDomains; $p.TlsNegotiation`,
			want:   answer{Out: []string{"im.fabrikam.com", "NotSupported"}},
		},
		"twice": {
			reason: "a partner is there once",
			script: `$null = ` + partner + partner,
			want:   answer{Errors: []string{"ItemAlreadyExists,New-CsXmppAllowedPartner"}},
		},
		"remove": {
			reason: "a removed partner is gone",
			script: `$null = ` + partner + `Remove-CsXmppAllowedPartner fabrikam.com; @(Get-CsXmppAllowedPartner).Count`,
			want:   answer{Out: []string{"0"}},
		},
		"gateway": {
			reason: "settings are kept with their type",
			script: `Set-CsXmppGatewayConfiguration -KeepAliveInterval 30; (Get-CsXmppGatewayConfiguration).KeepAliveInterval + 1`,
			want:   answer{Out: []string{"31"}},
		},
		"2010": {
			reason: "the cmdlets came with 2013",
			edit:   product("LyncServer2010"),
			script: `Get-CsXmppAllowedPartner`,
			want:   answer{Errors: []string{"CommandNotFoundException"}},
		},
	})
}

func TestPoolFailover(t *testing.T) {
	const state = `; (Get-CsRegistrarConfiguration -Identity service:Registrar:pool2.contoso.com).PoolState`
	check(t, map[string]oneLiner{
		"next hop": {
			reason: "a pool that is an Edge pool's next hop is refused",
			script: `Invoke-CsPoolFailOver -PoolFqdn pool1.contoso.com -Confirm:$false`,
			want:   answer{Errors: []string{"ProcessingFailed,Invoke-CsPoolFailOver"}},
		},
		"over": {
			reason: "the pool's state tells",
			script: `Invoke-CsPoolFailOver -PoolFqdn pool2.contoso.com -Confirm:$false` + state,
			want:   answer{Out: []string{"FailedOver"}},
		},
		"and back": {
			reason: "failback makes it active again",
			script: `Invoke-CsPoolFailOver -PoolFqdn pool2.contoso.com -DisasterMode -Confirm:$false; Invoke-CsPoolFailBack -PoolFqdn pool2.contoso.com -Force -Confirm:$false` + state,
			want:   answer{Out: []string{"Active"}},
		},
		"not failed over": {
			reason: "there is nothing to fail back",
			script: `Invoke-CsPoolFailBack -PoolFqdn pool2.contoso.com -Confirm:$false`,
			want:   answer{Errors: []string{"ProcessingFailed,Invoke-CsPoolFailBack"}},
		},
		"by hand": {
			reason: "a person can set the state",
			script: `Set-CsRegistrarConfiguration -Identity service:Registrar:pool2.contoso.com -PoolState FailedBack` + state,
			want:   answer{Out: []string{"FailedBack"}},
		},
		"backup": {
			reason: "the relationship is readable",
			script: `(Get-CsPoolBackupRelationship -PoolFqdn pool1.contoso.com).BackupPoolFqdn`,
			want:   answer{Out: []string{"pool2.contoso.com"}},
		},
		"who holds the store": {
			reason: "-WhatIf tells",
			script: `Invoke-CsManagementServerFailover -WhatIf`,
			want: answer{Out: []string{
				`What if: Performing the operation "Invoke-CsManagementServerFailover" on target "Central Management Server, from pool1.contoso.com to pool2.contoso.com".`}},
		},
		"store to a named server": {
			reason: "a server's name means its pool",
			script: `Invoke-CsManagementServerFailover -BackupSqlServerFqdn fe2.contoso.com -Confirm:$false; (Get-CsManagementConnection).SqlServer`,
			want:   answer{Out: []string{"pool2.contoso.com"}},
		},
		"backup service": {
			reason: "both pools are up",
			script: `$s = Get-CsBackupServiceStatus -PoolFqdn pool1.contoso.com; $s.OverallExportStatus; $s.OverallImportStatus`,
			want:   answer{Out: []string{"SteadyState", "NormalState"}},
		},
		"fabric": {
			reason: "the state is text",
			script: `Get-CsPoolFabricState -PoolFqdn pool1.contoso.com`,
			want:   answer{Out: []string{"Pool pool1.contoso.com: 1 of 1 Front End servers are up"}},
		},
		"2010": {
			reason: "Lync Server 2010 has no pool state",
			edit:   product("LyncServer2010"),
			script: `@(Get-CsRegistrarConfiguration).Count; Get-CsRegistrarConfiguration | Where-Object { $_.PoolState }`,
			want:   answer{Out: []string{"1"}},
		},
	})
}

func TestStore(t *testing.T) {
	check(t, map[string]oneLiner{
		"domains": {
			reason: "the first SIP domain is the default one",
			script: `Get-CsSipDomain | Where-Object { $_.IsDefault } | ForEach-Object { $_.Name }`,
			want:   answer{Out: []string{"contoso.com"}},
		},
		"allowed domains": {
			reason: "a simulated organization allows none by name",
			script: `@(Get-CsAllowedDomain).Count; Get-CsAllowedDomain fabrikam.com`,
			want:   answer{Out: []string{"0"}, Errors: []string{"ItemNotFound,Get-CsAllowedDomain"}},
		},
		"roles": {
			reason:  "what a role may run is not known, and an answer without it would mislead",
			script:  `Get-CsAdminRole | Where-Object { $_.Cmdlets -match 'Set-CsSite' }`,
			refused: "Get-CsAdminRole",
		},
		"own role": {
			reason: "what a person named is known",
			edit: func(s *farm.Spec) {
				s.Accounts = []farm.Account{{Name: `CONTOSO\x`, Groups: []string{"Route Readers"}}}
			},
			script: `$null = New-CsAdminRole "Route Readers" -Template CsHelpDesk -Cmdlets Get-CsSite -ScriptModules @{Add = 'a.ps1', 'b.ps1:Get-B'}
				$role = Get-CsAdminRole -Filter "Route*"; '{0} {1} {2} {3}' -f $role.Identity, ($role.Cmdlets -join ','), ($role.ScriptModules -join ','), $role.IsStandardRole`,
			want: answer{Out: []string{"Route Readers Get-CsSite a.ps1,b.ps1:Get-B False"}},
		},
		"role without its group": {
			reason: "the cmdlet makes no group",
			script: `New-CsAdminRole Nobodys -Template CsHelpDesk`,
			want:   answer{Errors: []string{"ItemNotFound,New-CsAdminRole"}},
		},
		"role out of none": {
			reason: "a custom role is never the template of another",
			script: `New-CsAdminRole CsX -Template CsNothing`,
			want:   answer{Errors: []string{"ItemNotFound,New-CsAdminRole"}},
		},
		"script elsewhere": {
			reason: "scripts lie in one folder",
			edit: func(s *farm.Spec) {
				s.Accounts = []farm.Account{{Name: `CONTOSO\x`, Groups: []string{"Route Readers"}}}
			},
			script: `New-CsAdminRole "Route Readers" -Template CsHelpDesk -ScriptModules 'C:\a.ps1:Get-A'`,
			want:   answer{Errors: []string{"InvalidArgument,New-CsAdminRole"}},
		},
		"standard role removed": {
			reason: "nobody removes a standard role",
			script: `Remove-CsAdminRole CsHelpDesk -Confirm:$false`,
			want:   answer{Errors: []string{"ItemNotFound,Remove-CsAdminRole"}},
		},
		"user": {
			reason: "a simulated organization names no user",
			script: `Get-CsUserPoolInfo -Identity sip:anna@contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Get-CsUserPoolInfo"}},
		},
		"location": {
			reason: "the store is with its holder",
			script: `Get-CsConfigurationStoreLocation; (Get-CsManagementConnection).SqlServer`,
			want:   answer{Out: []string{`pool1.contoso.com\rtc`, "pool1.contoso.com"}},
		},
		"checks": {
			reason: "a settled farm passes",
			edit:   product("SkypeForBusinessServer2015"),
			script: `(Test-CsTopology).Result; (Test-CsComputer).Result; (Test-CsReplica).Result; (Test-CsManagementServer).Result`,
			want:   answer{Out: []string{"Success", "Success", "Success", "Success"}},
		},
		"check of services": {
			reason: "a service that does not run is a failure",
			script: `Stop-CsWindowsService RTCSRV; $t = Test-CsComputer; $t.Result; $t.Error`,
			want:   answer{Out: []string{"Failure", "the service RTCSRV is Stopped"}},
		},
		"setup permission": {
			reason: "it tells of the containers, not of the account",
			script: `Test-CsSetupPermission -ComputerOU 'ou=Lync,dc=contoso,dc=com'`,
			want:   answer{Out: []string{"False"}},
		},
		"not simulated": {
			reason:  "a cmdlet of the reference without a behaviour refuses by name",
			script:  `Backup-CsPool -PoolFqdn pool1.contoso.com`,
			refused: "Backup-CsPool",
		},
	})
}
