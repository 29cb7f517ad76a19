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
