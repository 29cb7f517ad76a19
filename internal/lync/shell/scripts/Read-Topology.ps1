# Read-Topology: sites, routes, pools, flags, associations and replication, in one call
#
# Reads: the topology document, Edge, Registrar, Conferencing and Mediation services, site routes,
#   Access Edge and Registrar configuration, replication status
# Changes: nothing
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsTopology (ToString as in the examples of Publish-CsTopology),
#   Get-CsService (without a role: all services, in detail), Get-CsSite, Get-CsRegistrarConfiguration,
#   Get-CsManagementStoreReplicationStatus
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

function Format-Time($Time) {
    if ($Time) { return ([datetime]$Time).ToUniversalTime().ToString('o') }
    ''
}

# Every service comes with the properties of its own role; those that a version or a
# role does not have read as nothing and become ''. The role stands before the colon
# of the identity: that is documented for each of these four, the Role property is not.
function Format-Service($Services) {
    foreach ($service in $Services) {
        $role = ([string]$service.Identity).Split(':')[0]
        if ('EdgeServer', 'Registrar', 'ConferencingServer', 'MediationServer' -notcontains $role) { continue }
        [pscustomobject]@{
            Role            = $role
            Pool            = [string]$service.PoolFqdn
            Site            = [string]$service.SiteId
            EdgeServer      = [string]$service.EdgeServer
            Registrar       = [string]$service.Registrar
            BackupRegistrar = [string]$service.BackupRegistrar
            ExternalFqdn    = [string]$service.AccessEdgeExternalFqdn
        }
    }
}

function Format-Site($Sites) {
    foreach ($site in $Sites) {
        # Branch sites have no route of their own.
        if ($site.SiteType -and [string]$site.SiteType -ne 'CentralSite') { continue }
        $xmpp = [string]$site.XmppFederationRoute
        if (-not $xmpp) { $xmpp = [string]$site.XmppExternalFederationRoute }
        [pscustomobject]@{ Identity = [string]$site.Identity; SipRoute = [string]$site.FederationRoute; XmppRoute = $xmpp }
    }
}

# The procedures and the reference disagree on the name of this parameter: the
# server decides. A read-only role may not see Set-CsSite at all.
$xmppParameter = ''
$setSite = Microsoft.PowerShell.Core\Get-Command -Name Set-CsSite -ErrorAction SilentlyContinue
if ($setSite) {
    foreach ($name in 'XmppExternalFederationRoute', 'XmppFederationRoute') {
        if ($setSite.Parameters.ContainsKey($name)) { $xmppParameter = $name }
    }
}

$document = [xml](Get-CsTopology -AsXml).ToString()
$edgeServices = @($document.Topology.Services.Service | Where-Object { $_.ServiceId.RoleName -eq 'EdgeServer' })

[pscustomobject]@{
    ServerVersion       = [string](Get-CsServerVersion)
    Module              = $module.Name
    ServerTime          = [datetime]::UtcNow.ToString('o')
    XmppRouteParameter  = $xmppParameter
    AllowFederatedUsers = [bool](Get-CsAccessEdgeConfiguration).AllowFederatedUsers
    Signature           = $document.DocumentElement.GetAttribute('Signature')
    Clusters            = @($document.Topology.Clusters.Cluster | ForEach-Object { $_.OuterXml })
    EdgeServices        = @($edgeServices | ForEach-Object { $_.OuterXml })
    Sites               = @(Format-Site (Get-CsSite))
    Services            = @(Format-Service (Get-CsService))
    RegistrarSettings   = @(Get-CsRegistrarConfiguration | ForEach-Object {
            [pscustomobject]@{ Identity = [string]$_.Identity; PoolState = [string]$_.PoolState }
        })
    Replicas            = @(Get-CsManagementStoreReplicationStatus | ForEach-Object {
            [pscustomobject]@{
                Fqdn       = [string]$_.ReplicaFqdn
                UpToDate   = [bool]$_.UpToDate
                LastUpdate = Format-Time $_.LastUpdateCreation
            }
        })
}
