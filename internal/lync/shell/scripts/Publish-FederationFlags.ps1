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
