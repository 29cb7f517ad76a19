# What a management server knows about federation, as JSON.
$ErrorActionPreference = 'Stop'
$topology = [xml](Get-CsTopology -AsXml).ToString()
$flags = foreach ($service in $topology.Topology.Services.Service | Where-Object { $_.ServiceId.RoleName -eq 'EdgeServer' }) {
    $id = $service.InstalledOn.ClusterId
    $cluster = $topology.Topology.Clusters.Cluster | Where-Object { $_.ClusterId.SiteId -eq $id.SiteId -and $_.ClusterId.Number -eq $id.Number }
    $ports = @($service.Ports.Port | Where-Object { $_.InterfaceSide -eq 'External' })
    @{
        Pool = $cluster.GetAttribute('Fqdn')
        Sip  = @($ports | Where-Object { $_.Owner -eq 'urn:component:AccessEdge' -and $_.Usage -eq 'SipServer' }).Count -gt 0
        Xmpp = @($ports | Where-Object { $_.Owner -eq 'urn:component:XmppFederationProxy' }).Count -gt 0
    }
}
@{
    Signature = $topology.DocumentElement.GetAttribute('Signature')
    Federated = [bool](Get-CsAccessEdgeConfiguration).AllowFederatedUsers
    Flags     = @($flags)
    Routes    = @(Get-CsSite | Where-Object { $_.SiteType -eq 'CentralSite' } | ForEach-Object {
            @{ Site = [string]$_.Identity; Sip = [string]$_.FederationRoute; Xmpp = [string]$_.XmppFederationRoute }
        })
    Links     = @(Get-CsService | Where-Object { 'Registrar', 'ConferencingServer', 'MediationServer' -contains $_.Role } | ForEach-Object {
            @{ Pool = [string]$_.PoolFqdn; Edge = [string]$_.EdgeServer }
        })
    Replicas  = @(Get-CsManagementStoreReplicationStatus | ForEach-Object { @{ Fqdn = $_.ReplicaFqdn; UpToDate = $_.UpToDate } })
} | ConvertTo-Json -Depth 4 -Compress
