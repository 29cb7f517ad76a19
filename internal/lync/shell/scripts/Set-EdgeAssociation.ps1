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
