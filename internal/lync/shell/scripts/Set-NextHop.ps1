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
