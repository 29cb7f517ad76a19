# Stop-EdgeServices: stops every Lync service of one Edge machine and waits for them
#
# The replica agent stops too: the machine receives no topology until the start.
#
# Reads: the services after the stop
# Changes: the state of the machine's Lync services
# Runs on: an Edge server, as a local administrator
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Failed when a service still runs afterwards
# Source: cmdlet reference of Stop-CsWindowsService (no name: all services);
#   "Failing over the Edge pool used for XMPP federation", steps 2 and 7
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$null = Stop-CsWindowsService -Force -Confirm:$false

$services = @(Get-CsWindowsService -ExcludeActivityLevel)
$busy = @($services | Where-Object { [string]$_.Status -ne 'Stopped' } | ForEach-Object { $_.Name })
if ($busy.Count -gt 0) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "after the stop these services still run: $($busy -join ', ')" }
[pscustomobject]@{ Services = $services.Count }
