package cmdlets_test

import "testing"

func TestGetService(t *testing.T) {
	check(t, map[string]oneLiner{
		"federating pools": {
			reason: "the diagnostic tool's test for a federation-enabled pool",
			script: `Get-CsService -EdgeServer | Where-Object { $_.AccessEdgeExternalSipPort -eq 5061 } | Select-Object -ExpandProperty PoolFqdn`,
			want:   answer{Out: []string{"edge1.contoso.com"}},
		},
		"edge": {
			reason: "the properties of the public object dump",
			script: `$e = Get-CsService -Identity EdgeServer:edge1.contoso.com; $e.Registrar; $e.XmppListeningPort; $e.XmppInternalPort; $e.MediaCommunicationPortCount; ` +
				`$e.AccessEdgeExternalFqdn; $e.ServiceId; $e.SiteId; $e.Version; $e.Role`,
			want: answer{Out: []string{"Registrar:pool1.contoso.com", "5269", "23456", "10000", "sip1.contoso.com",
				"1-EdgeServer-2", "Site:Redmond", "6", "EdgeServer"}},
		},
		"dependents": {
			reason: "an Edge lists the services that use it",
			script: `(Get-CsService -EdgeServer -PoolFqdn edge2.contoso.com).DependentServiceList`,
			want:   answer{Out: []string{"Registrar:pool2.contoso.com", "ConferencingServer:pool2.contoso.com", "MediationServer:pool2.contoso.com"}},
		},
		"registrar": {
			reason: "the Edge association and the backup pool",
			script: `Get-CsService -Registrar | ForEach-Object { "$($_.PoolFqdn) $($_.EdgeServer) $($_.BackupRegistrar)" }`,
			want: answer{Out: []string{
				"pool1.contoso.com EdgeServer:edge1.contoso.com Registrar:pool2.contoso.com",
				"pool2.contoso.com EdgeServer:edge2.contoso.com Registrar:pool1.contoso.com"}},
		},
		"store": {
			reason: "the procedure's way to find the store's holder",
			script: `(Get-CsService -CentralManagement).PoolFqdn`,
			want:   answer{Out: []string{"pool1.contoso.com"}},
		},
		"two roles": {
			reason: "one role switch per call",
			script: `Get-CsService -EdgeServer -Registrar`,
			want:   answer{Errors: []string{"AmbiguousParameterSet,Get-CsService"}},
		},
		"2019": {
			reason: "XMPP is gone: the ports are blank",
			edit:   product("SkypeForBusinessServer2019"),
			script: `(Get-CsService -EdgeServer | Where-Object { $_.XmppListeningPort }).Count; (Get-CsService -EdgeServer)[0].SkypeSearchProxyPort`,
			want:   answer{Out: []string{"0", "4443"}},
		},
	})
}

func TestAssociation(t *testing.T) {
	check(t, map[string]oneLiner{
		"three links": {
			reason: "each service has its own link",
			script: `Set-CsRegistrar Registrar:pool1.contoso.com -EdgeServer EdgeServer:edge2.contoso.com
Set-CsConferenceServer ConferencingServer:pool1.contoso.com -EdgeServer EdgeServer:edge2.contoso.com
Set-CsMediationServer MediationServer:pool1.contoso.com -EdgeServer EdgeServer:edge2.contoso.com
Get-CsService -PoolFqdn pool1.contoso.com | Where-Object { $_.EdgeServer } | ForEach-Object { "$($_.Role) $($_.EdgeServer)" }`,
			want: answer{Out: []string{
				"Registrar EdgeServer:edge2.contoso.com", "ConferencingServer EdgeServer:edge2.contoso.com", "MediationServer EdgeServer:edge2.contoso.com"}},
		},
		"bare pool": {
			reason: "the value is a service identity",
			script: `Set-CsRegistrar Registrar:pool1.contoso.com -EdgeServer edge2.contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Set-CsRegistrar"}},
		},
		"wrong role": {
			reason: "a Registrar's identity names no Conferencing service",
			script: `Set-CsConferenceServer Registrar:pool1.contoso.com -EdgeServer EdgeServer:edge2.contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Set-CsConferenceServer"}},
		},
		"next hop": {
			reason: "the command of the pool failover procedure",
			script: `Set-CsEdgeServer -Identity EdgeServer:edge1.contoso.com -Registrar Registrar:pool2.contoso.com; (Get-CsService EdgeServer:edge1.contoso.com).Registrar`,
			want:   answer{Out: []string{"Registrar:pool2.contoso.com"}},
		},
		"federation port": {
			reason:  "nobody documents what this does to federation",
			script:  `Set-CsEdgeServer -Identity EdgeServer:edge1.contoso.com -AccessEdgeExternalSipPort 5061`,
			refused: "Set-CsEdgeServer -AccessEdgeExternalSipPort",
		},
	})
}

func TestPools(t *testing.T) {
	check(t, map[string]oneLiner{
		"computers": {
			reason: "server names are plain text",
			script: `(Get-CsPool -Identity edge1.contoso.com).Computers`,
			want:   answer{Out: []string{"edge1a.contoso.com", "edge1b.contoso.com"}},
		},
		"services": {
			reason: "a collection with a count",
			script: `(Get-CsPool edge1.contoso.com).Services.Count`,
			want:   answer{Out: []string{"2"}},
		},
		"of a pool": {
			reason: "computers by pool",
			script: `Get-CsComputer -Pool edge1.contoso.com | ForEach-Object { "$($_.Fqdn) $($_.Pool)" }`,
			want:   answer{Out: []string{"edge1a.contoso.com edge1.contoso.com", "edge1b.contoso.com edge1.contoso.com"}},
		},
		"own": {
			reason: "the machine the shell runs on",
			script: `(Get-CsComputer -Local).Identity`,
			want:   answer{Out: []string{frontEnd}},
		},
		"interfaces": {
			reason: "what the topology says of an Edge server's interfaces",
			script: `Get-CsNetworkInterface -ComputerFqdn edge2a.contoso.com | ForEach-Object { "$($_.InterfaceSide) $($_.IPAddress)" }`,
			want:   answer{Out: []string{"Internal 10.0.0.1", "External 127.0.1.3"}},
		},
		"unknown": {
			reason: "an unknown pool is an error",
			script: `Get-CsPool -Identity nowhere.contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Get-CsPool"}},
		},
	})
}
