# Read-Topology: sites, routes, pools, flags, associations and replication, in one call
#
# One refused cmdlet leaves one part unknown, with its error. What the machine's own replica
# says in the place of an unknown part may be old, and is marked. After a part that took long
# to fail the others are not asked.
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

# The text says whether the time is local, universal, or of no kind.
function Format-Time($Time) {
    if ($Time) { return ([datetime]$Time).ToString('o') }
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

# The exceptions behind an error. Their numbers are the same in every language.
function Format-Cause($Exception) {
    while ($Exception) {
        $number = 0
        foreach ($name in 'Number', 'NativeErrorCode', 'ExtendedError') {
            if ($Exception.$name -is [int]) { $number = $Exception.$name }
        }
        [pscustomobject]@{ type = $Exception.GetType().FullName; hresult = [int]$Exception.HResult; number = $number }
        $Exception = $Exception.InnerException
    }
}

function Format-Unknown([string]$Part, $Record) {
    [pscustomobject]@{
        Part  = $Part
        Error = [pscustomobject]@{
            id       = [string]$Record.FullyQualifiedErrorId
            category = [string]$Record.CategoryInfo.Category
            message  = [string]$Record.Exception.Message
            target   = [string]$Record.TargetObject
            line     = [int]$Record.InvocationInfo.ScriptLineNumber
            causes   = @(Format-Cause $Record.Exception)
        }
    }
}

function Format-Setting($Settings) {
    foreach ($one in $Settings) { [pscustomobject]@{ Identity = [string]$one.Identity; PoolState = [string]$one.PoolState } }
}

function Format-Replica($Replicas) {
    foreach ($one in $Replicas) {
        [pscustomobject]@{ Fqdn = [string]$one.ReplicaFqdn; UpToDate = [bool]$one.UpToDate; LastUpdate = Format-Time $one.LastUpdateCreation; LastStatus = Format-Time $one.LastStatusReport }
    }
}

function Read-Part([string]$Part) {
    switch ($Part) {
        'Version' { [string](Get-CsServerVersion) }
        'Document' { (Get-CsTopology -AsXml).ToString() }
        'AccessEdge' { [bool](Get-CsAccessEdgeConfiguration).AllowFederatedUsers }
        'Sites' { Format-Site (Get-CsSite) }
        'Services' { Format-Service (Get-CsService) }
        'RegistrarSettings' { Format-Setting (Get-CsRegistrarConfiguration) }
        'Replicas' { Format-Replica (Get-CsManagementStoreReplicationStatus) }
    }
}

function Read-LocalPart([string]$Part) {
    switch ($Part) {
        'Document' { (Get-CsTopology -AsXml -LocalStore).ToString() }
        'AccessEdge' { [bool](Get-CsAccessEdgeConfiguration -LocalStore).AllowFederatedUsers }
        'RegistrarSettings' { Format-Setting (Get-CsRegistrarConfiguration -LocalStore) }
    }
}

$read = @{ Version = @(); Document = @(); AccessEdge = @(); Sites = @(); Services = @(); RegistrarSettings = @(); Replicas = @() }
$unknown = @()
$slow = $null
foreach ($part in 'Version', 'Document', 'AccessEdge', 'Sites', 'Services', 'RegistrarSettings', 'Replicas') {
    if ($slow) {
        $unknown += Format-Unknown $part $slow
        continue
    }
    $began = [datetime]::UtcNow
    try { $read[$part] = @(Read-Part $part) }
    catch {
        $unknown += Format-Unknown $part $_
        if (([datetime]::UtcNow - $began).TotalSeconds -gt 10) { $slow = $_ }
    }
}

$local = @()
foreach ($one in $unknown) {
    if ('Document', 'AccessEdge', 'RegistrarSettings' -notcontains $one.Part) { continue }
    try {
        $read[$one.Part] = @(Read-LocalPart $one.Part)
        $local += $one.Part
    }
    catch { continue }
}

$signature = ''
$defaultDomain = ''
$clusters = @()
$edgeServices = @()
if ($read.Document.Count -gt 0) {
    $document = [xml]$read.Document[0]
    $signature = $document.DocumentElement.GetAttribute('Signature')
    $defaultDomain = [string]$document.Topology.InternalDomains.DefaultDomain
    $clusters = @($document.Topology.Clusters.Cluster | ForEach-Object { $_.OuterXml })
    $edgeServices = @($document.Topology.Services.Service | Where-Object { $_.ServiceId.RoleName -eq 'EdgeServer' } | ForEach-Object { $_.OuterXml })
}

# The clock is read last, after the slow cmdlets: the caller takes this time for that of
# the answer.
$now = [datetime]::UtcNow

[pscustomobject]@{
    ServerVersion       = [string]$read.Version
    Module              = $module.Name
    ServerTime          = $now.ToString('o')
    UtcOffsetMinutes    = [int]($now.ToLocalTime().Ticks / 600000000 - $now.Ticks / 600000000)
    XmppRouteParameter  = $xmppParameter
    AllowFederatedUsers = ($read.AccessEdge -contains $true)
    Signature           = $signature
    DefaultDomain       = $defaultDomain
    Clusters            = $clusters
    EdgeServices        = $edgeServices
    Sites               = $read.Sites
    Services            = $read.Services
    RegistrarSettings   = $read.RegistrarSettings
    Replicas            = $read.Replicas
    Unknown             = $unknown
    LocalStore          = $local
}
