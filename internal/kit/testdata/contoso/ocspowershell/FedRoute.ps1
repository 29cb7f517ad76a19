# FedRoute: the functions through which fedroute looks at this machine and changes it.
#
# A visible function hands its checked parameters to Invoke-Operation and does nothing else.
# Invoke-Operation runs one script of the catalogue and answers one line of JSON:
# {"Kit": n, "Result": {...}} or {"Kit": n, "Error": {...}}. It throws nothing, because the
# caller's -ErrorAction decides what happens after something that was thrown.
#
# "kubectl fedroute kit" writes this file. Do not edit it: names of sites, pools and zones
# that the functions accept are in FedRoute.limits.json.

# 5.1 writes some arrays as {"value": [...], "Count": n} because of this type's
# extended property Count.
try { Remove-TypeData -TypeName System.Array -ErrorAction Stop } catch { }

function Read-Limits {
    ConvertFrom-Json -InputObject (Get-Content -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'FedRoute.limits.json') -Raw)
}

# Compares by code point: -eq and -contains go by the culture that the caller chose.
function Assert-Listed([string]$Kind, $Listed, $Values) {
    foreach ($value in $Values) {
        $found = $false
        foreach ($name in $Listed) {
            if ([string]::Equals([string]$name, ([string]$value).ToLowerInvariant(), 'Ordinal')) { $found = $true }
        }
        if (-not $found) { Write-Error -ErrorId 'fedroute.Unlisted' -Category InvalidArgument -Message "the installed kit does not list $value among its $Kind" }
    }
}

# One set of records, as Set-DnsRecords takes it. What the patterns of the parameters let
# through is compared with the type of the record here.
function ConvertTo-Change($Given) {
    $form = @{
        A    = '\A(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\z'
        AAAA = '\A(?=[0-9a-f]*:)[0-9a-f:]{2,39}\z'
        SRV  = '\A(?:[0-9]{1,5} ){3}(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\z'
    }[[string]$Given['Type']]
    $change = [pscustomobject]@{ Name = [string]$Given['Name']; Type = [string]$Given['Type']; TTL = [string]$Given['Ttl']; Before = @(); After = @() }
    foreach ($side in 'Before', 'After') {
        $values = @(foreach ($value in $Given[$side]) {
                if ($value -cnotmatch $form) { Write-Error -ErrorId 'fedroute.Invalid' -Category InvalidArgument -Message "'$value' is no value of a record of type $($change.Type)" }
                [string]$value
            })
        $change.$side = $values
    }
    @{ Zone = [string]$Given['Zone']; Changes = @($change) }
}

# The script's arguments: checked parameters only, without the caller's common ones.
function ConvertTo-Argument($Operation, $Given) {
    $arguments = @{}
    foreach ($parameter in $Operation.Takes) {
        if (-not $Given.ContainsKey($parameter)) {
            if (@($Operation.Needs) -ccontains $parameter) { Write-Error -ErrorId 'fedroute.Invalid' -Category InvalidArgument -Message "parameter $parameter is missing" }
            continue
        }
        $value = $Given[$parameter]
        if (@($Operation.Flags) -ccontains $parameter) { $value = [string]::Equals($value, 'true', 'Ordinal') }
        $arguments[$parameter] = $value
    }
    $limits = Read-Limits
    foreach ($kind in 'Sites', 'Pools', 'Zones') {
        foreach ($parameter in @($Operation.Names[$kind])) {
            if ($parameter -and $arguments.ContainsKey($parameter)) { Assert-Listed $kind.ToLowerInvariant() $limits.$kind $arguments[$parameter] }
        }
    }
    if ($Operation.OneSet) { return ConvertTo-Change $arguments }
    $arguments
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

function Invoke-Operation([string]$Name, $Given) {
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    $VerbosePreference = 'SilentlyContinue'
    $DebugPreference = 'SilentlyContinue'
    $InformationPreference = 'SilentlyContinue'
    $ProgressPreference = 'SilentlyContinue'
    $ConfirmPreference = 'None'
    $WhatIfPreference = $false

    $answer = @{ Kit = $kitVersion }
    try {
        $operation = $operations[$Name]
        $arguments = ConvertTo-Argument $operation $Given
        $body = $operation.Script
        # A break that leaves the script ends this loop. What the script or a module writes
        # beside its one object is kept apart from the answer.
        $written = @()
        do { $written = @(& $body @arguments 2>&1 3>&1 4>&1 5>&1 6>&1) } while ($false)
        $objects = @($written | Where-Object { $_ -is [System.Management.Automation.PSCustomObject] })
        if ($objects.Count -ne 1) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "the script gave $($objects.Count) objects instead of one" }
        $answer.Result = $objects[0]
    }
    catch {
        $answer.Error = @{
            id       = [string]$_.FullyQualifiedErrorId
            category = [string]$_.CategoryInfo.Category
            message  = [string]$_.Exception.Message
            target   = [string]$_.TargetObject
            causes   = @(Format-Cause $_.Exception)
            line     = [int]$_.InvocationInfo.ScriptLineNumber
        }
    }
    ConvertTo-Json -InputObject $answer -Depth 20 -Compress
}

$kitVersion = 2

$operations = @{
    'Get-FedRouteKit' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
# Get-FedRouteKit: which functions and names this kit has
[CmdletBinding()]
param()

# As whom the session acts, and who signed in. A SID is the same in every language.
$account = ''
$caller = ''
try { $account = [string][System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value } catch { $account = '' }
try { $caller = [string]$PSSenderInfo.UserInfo.WindowsIdentity.User.Value } catch { $caller = '' }

$limits = Read-Limits
[pscustomobject]@{
    Account   = $account
    Caller    = $caller
    Functions = @(foreach ($name in $operations.Keys | Sort-Object) {
            [pscustomobject]@{ Name = $name; Generation = $operations[$name].Generation }
        })
    Sites     = @($limits.Sites)
    Pools     = @($limits.Pools)
    Zones     = @($limits.Zones)
}
        }
    }
    'Invoke-PoolFailBack' = @{
        Generation = 1
        Takes      = @('FrontEndPool')
        Needs      = @('FrontEndPool')
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @('FrontEndPool'); Zones = @() }
        OneSet     = $false
        Script     = {
# Invoke-PoolFailBack: brings the users of a failed-over Front End pool back to it
#
# Takes minutes, up to about an hour for 20,000 users.
#
# Reads: nothing
# Changes: the home of the pool's users, the pool's state
# Runs on: a management server, as a domain account
# Versions: Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Busy while a failback of the pool runs from this machine
# Source: cmdlet reference of Invoke-CsPoolFailBack; "Failing back a pool"
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$FrontEndPool
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

# One failback at a time per pool, also when the caller lost its shell and came
# back with another while the first still works.
try {
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, ('Global\fedroute-failback-' + $FrontEndPool.ToLower())
    $held = $mutex.WaitOne(0)
}
catch [System.Threading.AbandonedMutexException] { $held = $true }
catch [System.UnauthorizedAccessException] {
    # A mutex that exists and may not be opened is one that a session of another account holds.
    Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message "a failback of $FrontEndPool is still running; it was begun under another account"
}
if (-not $held) { Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message "a failback of $FrontEndPool is still running" }
try {
    $null = Invoke-CsPoolFailBack -PoolFqdn $FrontEndPool -Force -Confirm:$false
    [pscustomobject]@{ FrontEndPool = $FrontEndPool }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
        }
    }
    'Publish-FederationFlags' = @{
        Generation = 1
        Takes      = @('Signature', 'EnableSip', 'DisableSip', 'EnableXmpp', 'DisableXmpp', 'ProposeOnly')
        Needs      = @('Signature')
        Flags      = @('ProposeOnly')
        Names      = @{ Sites = @(); Pools = @('EnableSip', 'DisableSip', 'EnableXmpp', 'DisableXmpp'); Zones = @() }
        OneSet     = $false
        Script     = {
# Publish-FederationFlags: switches the federation ports of Edge pools in the topology, publishes and enables it
#
# With ProposeOnly it edits the document, returns it with the simple URLs, and publishes,
# enables and restores nothing: what will be published, and what publishing may lose, is
# known before it is.
#
# Reads: the topology document and the simple URLs, before and after
# Changes: the external AccessEdge/SipServer port (5061) and the two XmppFederationProxy ports
#   (5269, 23456) of the named Edge pools; simple URLs only to put back what publishing changed;
#   in TEMP the export of the configuration, the backup of the document, and one file while it runs
# Runs on: a management server, as a domain account that may publish
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: WorldChanged when the document is not the expected one; Busy while another publish runs on
#   this machine; Invalid when an Edge pool is not in the topology
# Source: cmdlet reference of Publish-CsTopology (simple URLs must be configured again after
#   publishing), Enable-CsTopology, Set-CsSimpleUrlConfiguration; port elements as in published topology files
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Signature,
    [string[]]$EnableSip = @(),
    [string[]]$DisableSip = @(),
    [string[]]$EnableXmpp = @(),
    [string[]]$DisableXmpp = @(),
    [bool]$ProposeOnly = $false
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

# The ports that make up each check box of Topology Builder. Attributes that
# are not listed come from the pool's port for remote users.
$sipPorts = @(
    @{ Owner = 'urn:component:AccessEdge'; Usage = 'SipServer'; InterfaceSide = 'External'; Port = '5061'; Protocol = 'Mtls'; UrlPath = '/'; AuthorizesRequests = 'false' }
)
$xmppPorts = @(
    @{ Owner = 'urn:component:XmppFederationProxy'; Usage = 'XmppServer'; InterfaceSide = 'External'; Port = '5269'; Protocol = 'Tls'; UrlPath = '/'; AuthorizesRequests = 'true' }
    @{ Owner = 'urn:component:XmppFederationProxy'; Usage = 'XptServer'; InterfaceSide = 'Internal'; Port = '23456'; Protocol = 'Mtls'; UrlPath = '/XmppFederation/'; AuthorizesRequests = 'false' }
)

function Read-Document {
    [xml](Get-CsTopology -AsXml).ToString()
}

# The cmdlets promise no check of their own against a document that is stale.
function Assert-Signature([xml]$Document) {
    $found = $Document.DocumentElement.GetAttribute('Signature')
    if ($found -ne $Signature) { Write-Error -ErrorId 'fedroute.WorldChanged' -Category InvalidData -Message "the topology now carries signature $found, not $Signature" }
}

function Find-EdgeService([xml]$Document, [string]$Pool) {
    $cluster = $Document.Topology.Clusters.Cluster | Where-Object { $_.GetAttribute('Fqdn') -eq $Pool } | Microsoft.PowerShell.Utility\Select-Object -First 1
    $service = $Document.Topology.Services.Service | Where-Object {
        $_.ServiceId.RoleName -eq 'EdgeServer' -and $cluster -and
        $_.InstalledOn.ClusterId.SiteId -eq $cluster.ClusterId.SiteId -and
        $_.InstalledOn.ClusterId.Number -eq $cluster.ClusterId.Number
    } | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $service) { Write-Error -ErrorId 'fedroute.Invalid' -Category ObjectNotFound -Message "the topology has no Edge pool $Pool" }
    $service
}

function Find-Port($Service, [hashtable]$Wanted) {
    $Service.Ports.Port | Where-Object {
        $_.GetAttribute('Owner') -eq $Wanted.Owner -and $_.GetAttribute('Usage') -eq $Wanted.Usage -and
        $_.GetAttribute('InterfaceSide') -eq $Wanted.InterfaceSide
    } | Microsoft.PowerShell.Utility\Select-Object -First 1
}

function Add-Port($Service, [hashtable]$Wanted) {
    $port = $Service.OwnerDocument.CreateElement('Port', $Service.Ports.NamespaceURI)
    foreach ($name in 'Owner', 'Usage', 'InterfaceSide', 'Port', 'Protocol', 'UrlPath', 'AuthorizesRequests') {
        $port.SetAttribute($name, $Wanted[$name])
    }
    $port.SetAttribute('InterfaceNumber', '1')
    if ($Wanted.InterfaceSide -eq 'External') {
        # Federation and remote users share the Access Edge's address.
        $access = Find-Port $Service @{ Owner = 'urn:component:AccessEdge'; Usage = 'SipClient'; InterfaceSide = 'External' }
        if ($access) { $port.SetAttribute('InterfaceNumber', $access.GetAttribute('InterfaceNumber')) }
        if ($access -and $Wanted.Usage -eq 'SipServer') { $port.SetAttribute('ConfiguredFqdn', $access.GetAttribute('ConfiguredFqdn')) }
    }
    $null = $Service.Ports.AppendChild($port)
}

# Brings the ports of each pool to the wanted state and tells how many differed.
function Edit-Ports([xml]$Document, [string[]]$Pools, $Ports, [bool]$On) {
    foreach ($pool in $Pools) {
        $service = Find-EdgeService $Document $pool
        foreach ($wanted in $Ports) {
            $found = Find-Port $service $wanted
            if ($On -eq [bool]$found) { continue }
            if ($On) { Add-Port $service $wanted } else { $null = $service.Ports.RemoveChild($found) }
            "$pool $($wanted.Port)"
        }
    }
}

function Edit-Flags([xml]$Document) {
    Edit-Ports $Document $EnableSip $sipPorts $true
    Edit-Ports $Document $DisableSip $sipPorts $false
    Edit-Ports $Document $EnableXmpp $xmppPorts $true
    Edit-Ports $Document $DisableXmpp $xmppPorts $false
}

function Format-SimpleUrl($Collection) {
    $lines = foreach ($url in $Collection.SimpleUrl) {
        $entries = @($url.SimpleUrlEntry | ForEach-Object { $_.Url }) -join ' '
        '{0} {1} {2} [{3}]' -f $url.Component, $url.Domain, $url.ActiveUrl, $entries
    }
    @($lines | Sort-Object) -join "`n"
}

function Restore-SimpleUrl($Before) {
    foreach ($collection in $Before) {
        $now = Get-CsSimpleUrlConfiguration -Identity $collection.Identity
        if ((Format-SimpleUrl $now) -eq (Format-SimpleUrl $collection)) { continue }
        $null = Set-CsSimpleUrlConfiguration -Identity $collection.Identity -SimpleUrl @{ Replace = $collection.SimpleUrl } -Force -Confirm:$false
        [string]$collection.Identity
    }
}

# Plain text outlives this shell. Restore-SimpleUrls takes it on any management server.
function ConvertTo-Plain($Collections) {
    $plain = @($Collections | ForEach-Object {
            $urls = @($_.SimpleUrl | ForEach-Object {
                    $entries = @($_.SimpleUrlEntry | ForEach-Object { [string]$_.Url })
                    [pscustomobject]@{ Component = [string]$_.Component; Domain = [string]$_.Domain; ActiveUrl = [string]$_.ActiveUrl; Entries = $entries }
                })
            [pscustomobject]@{ Identity = [string]$_.Identity; Urls = $urls }
        })
    ConvertTo-Json -InputObject $plain -Depth 5 -Compress
}

# One publish at a time on this machine, also when the caller lost its shell and
# came back with another while the first still works. A holder that died leaves
# the mutex abandoned, which is as good as free.
try {
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\fedroute-publish'
    $held = $mutex.WaitOne(0)
}
catch [System.Threading.AbandonedMutexException] { $held = $true }
catch [System.UnauthorizedAccessException] {
    # A mutex that exists and may not be opened is one that a session of another account holds.
    Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'another publish is still running on this machine; it was begun under another account'
}
if (-not $held) { Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'another publish is still running on this machine' }
try {
    $document = Read-Document
    Assert-Signature $document
    if ($ProposeOnly) {
        $null = @(Edit-Flags $document)
        return [pscustomobject]@{
            Document   = $document.DocumentElement.OuterXml
            SimpleUrls = ConvertTo-Plain @(Get-CsSimpleUrlConfiguration)
        }
    }

    $backup = ''
    $export = ''
    $exportError = ''
    $restored = @()
    $edited = @(Edit-Flags $document)
    if ($edited.Count -gt 0) {
        $file = Join-Path -Path $env:TEMP -ChildPath "fedroute-publish-$Signature.xml"
        $backup = Join-Path -Path $env:TEMP -ChildPath "fedroute-backup-$Signature.xml"
        $simpleUrls = @(Get-CsSimpleUrlConfiguration)
        # A person who has to undo more than the flags needs the whole configuration. A
        # failed export holds nothing.
        try {
            $export = Join-Path -Path $env:TEMP -ChildPath "fedroute-configuration-$Signature.zip"
            $null = Export-CsConfiguration -FileName $export -Force
        }
        catch {
            $export = ''
            $exportError = [string]$_.Exception.Message
        }
        # Once more, right before: somebody may have published meanwhile.
        Assert-Signature (Read-Document)
        try {
            $document.Save($file)
            $null = Publish-CsTopology -FileName $file -BackupFileName $backup -Force -Confirm:$false
        }
        finally {
            Remove-Item -Path $file -ErrorAction SilentlyContinue
            $restored = @(Restore-SimpleUrl $simpleUrls)
        }
    }
    # Also when nothing was left to publish: an earlier run may have ended before.
    $null = Enable-CsTopology -Force -Confirm:$false

    $after = Read-Document
    $differing = @(Edit-Flags $after)
    if ($differing.Count -gt 0) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "after publishing the topology still differs: $($differing -join ', ')" }
    [pscustomobject]@{
        Signature          = $after.DocumentElement.GetAttribute('Signature')
        BackupFile         = $backup
        ExportFile         = $export
        ExportError        = $exportError
        SimpleUrlsRestored = ($restored.Count -gt 0)
    }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
        }
    }
    'Read-EnablePermission' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
# Read-EnablePermission: whether the account that would publish a topology may also enable it
#
# An account that may publish and not enable leaves a topology behind that no replica will
# ever carry. Test-CsSetupPermission tells what the group RTCUniversalServerAdmins was
# granted on a container, and nothing of the account; so both are asked.
#
# Reads: the groups in the account's token, the containers of the topology's computers in Active
#   Directory, the setup permission on each
# Changes: nothing
# Runs on: a management server, as a domain account that may publish
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Enable-CsTopology (who may run it), Test-CsSetupPermission, Get-CsComputer;
#   .NET Framework reference of WindowsIdentity and DirectorySearcher; well-known SIDs (-512: Domain Admins)
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
$domainAdmin = $false
$serverAdmin = $false
foreach ($group in $identity.Groups) {
    if ($group.Value -match '^S-1-5-21-.*-512$') { $domainAdmin = $true }
    # A group that is gone has no name.
    try { $name = [string]$group.Translate([System.Security.Principal.NTAccount]).Value } catch { continue }
    if ($name -like '*\RTCUniversalServerAdmins') { $serverAdmin = $true }
}

# A computer that the directory does not have is in a workgroup, as Edge machines are.
function Find-Container([string]$Fqdn) {
    if ($Fqdn -notmatch '^[A-Za-z0-9.-]+$') { return '' }
    $searcher = New-Object -TypeName System.DirectoryServices.DirectorySearcher -ArgumentList "(&(objectCategory=computer)(dNSHostName=$Fqdn))"
    $found = $searcher.FindOne()
    if (-not $found) { return '' }
    ([string]$found.Path -replace '^LDAP://', '') -replace '^CN=(\\.|[^,\\])*,', ''
}

function Test-Container([string]$Container) {
    $granted = ''
    $problem = ''
    try {
        $granted = [string](Test-CsSetupPermission -ComputerOU $Container)
    }
    catch {
        $problem = [string]$_.Exception.Message
    }
    [pscustomobject]@{ Container = $Container; Granted = $granted; Problem = $problem }
}

$containers = @()
if ($serverAdmin -and -not $domainAdmin) {
    $names = @(Get-CsComputer | ForEach-Object { Find-Container ([string]$_.Fqdn) } | Where-Object { $_ } | Sort-Object -Unique)
    $containers = @($names | ForEach-Object { Test-Container $_ })
}

[pscustomobject]@{
    Account     = [string]$identity.Name
    DomainAdmin = $domainAdmin
    ServerAdmin = $serverAdmin
    Containers  = $containers
}
        }
    }
    'Read-Topology' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
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
        }
    }
    'Read-TopologyDocument' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
# Read-TopologyDocument: the whole published topology document
#
# It is asked for only while a machine is up to date with another document than the
# published one, to tell whose publish was never enabled.
#
# Reads: the topology document
# Changes: nothing
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsTopology (ToString as in the examples of Publish-CsTopology)
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$document = [xml](Get-CsTopology -AsXml).ToString()

[pscustomobject]@{
    Signature = $document.DocumentElement.GetAttribute('Signature')
    Document  = $document.DocumentElement.OuterXml
}
        }
    }
    'Restore-SimpleUrls' = @{
        Generation = 1
        Takes      = @('SimpleUrls')
        Needs      = @('SimpleUrls')
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
# Restore-SimpleUrls: puts back simple URLs that a publish emptied, where they are still empty
#
# The shell of a publish may be lost between Publish-CsTopology and the restoring. The text is
# what Publish-FederationFlags -ProposeOnly gave before that publish.
#
# Reads: the simple URLs
# Changes: simple URL collections that are empty now and were not; others belong to whoever set them
# Runs on: a management server, as a domain account that may publish
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Busy while a publish runs on this machine; Invalid when the text is not what
#   Publish-FederationFlags gave; Failed when a collection does not keep what was set
# Source: cmdlet reference of Publish-CsTopology (simple URLs must be configured again after
#   publishing), Set-CsSimpleUrlConfiguration, New-CsSimpleUrl, New-CsSimpleUrlEntry
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$SimpleUrls
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

# The text comes back from outside: each value is a string of one line, or it is refused.
function Assert-Text($Values) {
    foreach ($value in $Values) {
        if ($value -isnot [string] -or $value -cnotmatch '\A[^\x00-\x1f]{0,2048}\z') {
            Write-Error -ErrorId 'fedroute.Invalid' -Category InvalidData -Message 'the simple URLs to restore are not in the form in which they were kept'
        }
    }
}

function ConvertFrom-Plain($Collection) {
    foreach ($url in $Collection.Urls) {
        Assert-Text @($url.Component, $url.Domain, $url.ActiveUrl)
        Assert-Text $url.Entries
        $entries = @($url.Entries | ForEach-Object { New-CsSimpleUrlEntry -Url $_ })
        New-CsSimpleUrl -Component $url.Component -Domain $url.Domain -ActiveUrl $url.ActiveUrl -SimpleUrlEntry $entries
    }
}

try {
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\fedroute-publish'
    $held = $mutex.WaitOne(0)
}
catch [System.Threading.AbandonedMutexException] { $held = $true }
catch [System.UnauthorizedAccessException] {
    # A mutex that exists and may not be opened is one that a session of another account holds.
    Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'a publish is still running on this machine; it was begun under another account'
}
if (-not $held) { Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'a publish is still running on this machine' }
try {
    $restored = @(foreach ($collection in (ConvertFrom-Json -InputObject $SimpleUrls)) {
            Assert-Text @($collection.Identity)
            if (@($collection.Urls).Count -eq 0) { continue }
            if (@((Get-CsSimpleUrlConfiguration -Identity $collection.Identity).SimpleUrl).Count -gt 0) { continue }
            $null = Set-CsSimpleUrlConfiguration -Identity $collection.Identity -SimpleUrl @{ Replace = @(ConvertFrom-Plain $collection) } -Force -Confirm:$false
            if (@((Get-CsSimpleUrlConfiguration -Identity $collection.Identity).SimpleUrl).Count -eq 0) {
                Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "the simple URLs of $($collection.Identity) were set and are still empty"
            }
            $collection.Identity
        })
    [pscustomobject]@{ Restored = $restored }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
        }
    }
    'Set-EdgeAssociation' = @{
        Generation = 1
        Takes      = @('FrontEndPool', 'EdgePool')
        Needs      = @('FrontEndPool', 'EdgePool')
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @('FrontEndPool', 'EdgePool'); Zones = @() }
        OneSet     = $false
        Script     = {
# Set-EdgeAssociation: ties a Front End pool to an Edge pool, all three links
#
# Reads: the pool's Registrar, Conferencing and Mediation services, before and after
# Changes: the Edge server of those services that name another one
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Invalid when the Front End pool has no Registrar service
# Source: cmdlet reference of Set-CsRegistrar, Set-CsConferenceServer, Set-CsMediationServer;
#   "Changing the Edge pool associated with a Front End pool"
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$FrontEndPool,
    [Parameter(Mandatory = $true)][string]$EdgePool
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

function Select-Service($Services) {
    $Services | Where-Object { $_.PoolFqdn -eq $FrontEndPool } | Microsoft.PowerShell.Utility\Select-Object -First 1
}

$edge = 'EdgeServer:' + $EdgePool
$registrar = Select-Service (Get-CsService -Registrar)
$conferencing = Select-Service (Get-CsService -ConferencingServer)
$mediation = Select-Service (Get-CsService -MediationServer)
if (-not $registrar) { Write-Error -ErrorId 'fedroute.Invalid' -Category ObjectNotFound -Message "the topology has no Front End pool $FrontEndPool" }

if ([string]$registrar.EdgeServer -ne $edge) { $null = Set-CsRegistrar -Identity $registrar.Identity -EdgeServer $edge -Force -Confirm:$false }
if ($conferencing -and [string]$conferencing.EdgeServer -ne $edge) { $null = Set-CsConferenceServer -Identity $conferencing.Identity -EdgeServer $edge -Force -Confirm:$false }
# Not every pool has a Mediation Server.
if ($mediation -and [string]$mediation.EdgeServer -ne $edge) { $null = Set-CsMediationServer -Identity $mediation.Identity -EdgeServer $edge -Force -Confirm:$false }

[pscustomobject]@{
    Registrar    = [string](Select-Service (Get-CsService -Registrar)).EdgeServer
    Conferencing = [string](Select-Service (Get-CsService -ConferencingServer)).EdgeServer
    Mediation    = [string](Select-Service (Get-CsService -MediationServer)).EdgeServer
    HasMediation = [bool]$mediation
}
        }
    }
    'Set-NextHop' = @{
        Generation = 1
        Takes      = @('EdgePool', 'FrontEndPool')
        Needs      = @('EdgePool', 'FrontEndPool')
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @('EdgePool', 'FrontEndPool'); Zones = @() }
        OneSet     = $false
        Script     = {
# Set-NextHop: leads the traffic of an Edge pool to another Front End pool
#
# Reads: the Edge pool's service and the Front End pool's Registrar service, before and after; the
#   signature of the topology document afterwards
# Changes: the next hop (Registrar) of the Edge pool, where it is another one
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Invalid when the topology has no such Edge pool or Front End pool
# Source: cmdlet reference of Set-CsEdgeServer; "Failing over a pool", step 1
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$EdgePool,
    [Parameter(Mandatory = $true)][string]$FrontEndPool
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

function Select-Service($Services, $Pool) {
    $Services | Where-Object { $_.PoolFqdn -eq $Pool } | Microsoft.PowerShell.Utility\Select-Object -First 1
}

$edge = Select-Service (Get-CsService -EdgeServer) $EdgePool
$registrar = Select-Service (Get-CsService -Registrar) $FrontEndPool
if (-not $edge) { Write-Error -ErrorId 'fedroute.Invalid' -Category ObjectNotFound -Message "the topology has no Edge pool $EdgePool" }
if (-not $registrar) { Write-Error -ErrorId 'fedroute.Invalid' -Category ObjectNotFound -Message "the topology has no Front End pool $FrontEndPool" }

if ([string]$edge.Registrar -ne [string]$registrar.Identity) { $null = Set-CsEdgeServer -Identity $edge.Identity -Registrar $registrar.Identity -Force -Confirm:$false }

[pscustomobject]@{
    NextHop   = [string](Select-Service (Get-CsService -EdgeServer) $EdgePool).Registrar
    Signature = ([xml](Get-CsTopology -AsXml).ToString()).DocumentElement.GetAttribute('Signature')
}
        }
    }
    'Set-SiteRoute' = @{
        Generation = 1
        Takes      = @('Site', 'Protocol', 'EdgePool')
        Needs      = @('Site', 'Protocol', 'EdgePool')
        Flags      = @()
        Names      = @{ Sites = @('Site'); Pools = @('EdgePool'); Zones = @() }
        OneSet     = $false
        Script     = {
# Set-SiteRoute: points a central site's SIP or XMPP federation route at an Edge pool
#
# Reads: the site after the change
# Changes: FederationRoute or XmppFederationRoute of the one site
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Optional: Set-CsSite -XmppFederationRoute
# Source: cmdlet reference of Set-CsSite; "Failing over the Edge pool used for XMPP federation",
#   whose parameter XmppExternalFederationRoute the reference does not have
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Site,
    [Parameter(Mandatory = $true)][ValidateSet('SIP', 'XMPP')][string]$Protocol,
    [Parameter(Mandatory = $true)][string]$EdgePool
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$properties = @('FederationRoute')
if ($Protocol -eq 'XMPP') { $properties = @('XmppFederationRoute', 'XmppExternalFederationRoute') }

# Ask the server which parameter it has; Lync Server 2010 has none for XMPP.
$known = (Microsoft.PowerShell.Core\Get-Command -Name Set-CsSite).Parameters
$parameter = $properties | Where-Object { $known.ContainsKey($_) } | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $parameter) { Write-Error -ErrorId 'fedroute.Unsupported' -Category NotImplemented -Message "Set-CsSite has no parameter for the $Protocol federation route here" }

# Service identities are per pool, so the route names the pool, never a member.
$change = @{ Identity = $Site; Force = $true; Confirm = $false }
$change[$parameter] = 'EdgeServer:' + $EdgePool
$null = Set-CsSite @change

$after = Get-CsSite | Where-Object { [string]$_.Identity -eq "Site:$Site" -or [string]$_.Identity -eq $Site }
$route = $properties | ForEach-Object { [string]$after.$_ } | Where-Object { $_ } | Microsoft.PowerShell.Utility\Select-Object -First 1
[pscustomobject]@{ Route = [string]$route }
        }
    }
}

function Get-FedRouteKit {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Get-FedRouteKit' $PSBoundParameters
}

function Invoke-PoolFailBack {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$FrontEndPool
    )
    Invoke-Operation 'Invoke-PoolFailBack' $PSBoundParameters
}

function Publish-FederationFlags {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:[0-9A-Za-z{}-]{1,64})\z', Options = 'None')][string]$Signature,
        [ValidateCount(0, 256)][ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string[]]$EnableSip,
        [ValidateCount(0, 256)][ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string[]]$DisableSip,
        [ValidateCount(0, 256)][ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string[]]$EnableXmpp,
        [ValidateCount(0, 256)][ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string[]]$DisableXmpp,
        [ValidatePattern('\A(?:true|false)\z', Options = 'None')][string]$ProposeOnly
    )
    Invoke-Operation 'Publish-FederationFlags' $PSBoundParameters
}

function Read-EnablePermission {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Read-EnablePermission' $PSBoundParameters
}

function Read-Topology {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Read-Topology' $PSBoundParameters
}

function Read-TopologyDocument {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Read-TopologyDocument' $PSBoundParameters
}

function Restore-SimpleUrls {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:[\x20-\x7e]{2,262144})\z', Options = 'None')][string]$SimpleUrls
    )
    Invoke-Operation 'Restore-SimpleUrls' $PSBoundParameters
}

function Set-EdgeAssociation {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$FrontEndPool,
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$EdgePool
    )
    Invoke-Operation 'Set-EdgeAssociation' $PSBoundParameters
}

function Set-NextHop {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$EdgePool,
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$FrontEndPool
    )
    Invoke-Operation 'Set-NextHop' $PSBoundParameters
}

function Set-SiteRoute {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:[\p{L}\p{Nd}][\p{L}\p{Nd} ._()&-]{0,62})\z', Options = 'None')][string]$Site,
        [ValidatePattern('\A(?:SIP|XMPP)\z', Options = 'None')][string]$Protocol,
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$EdgePool
    )
    Invoke-Operation 'Set-SiteRoute' $PSBoundParameters
}
