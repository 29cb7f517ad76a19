# Restart-EdgeServices: stops every Lync service of one Edge machine, starts them again, and waits for both
#
# The services are started whatever the stop ends with. The replica agent stops too: the
# machine receives no topology until the start.
#
# Reads: the services after the stop and after the start
# Changes: the state of the machine's Lync services
# Runs on: an Edge server, as a local administrator
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Busy while setup runs on this machine; Failed when a service still runs after the stop, or
#   does not run after the start
# Source: cmdlet reference of Stop-CsWindowsService and Start-CsWindowsService (no name: all services);
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

# Setup disables the services and enables them again. It may still run for a caller that
# lost its shell.
try {
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\fedroute-setup'
    $held = $mutex.WaitOne(0)
}
catch [System.Threading.AbandonedMutexException] { $held = $true }
catch [System.UnauthorizedAccessException] {
    # A mutex that exists and may not be opened is one that a session of another account holds.
    Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'setup is still running on this machine, or its services are being stopped and started; it was begun under another account'
}
if (-not $held) { Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'setup is still running on this machine, or its services are being stopped and started' }
try {
    try {
        $null = Stop-CsWindowsService -Force -Confirm:$false
        $busy = @(Get-CsWindowsService -ExcludeActivityLevel | Where-Object { [string]$_.Status -ne 'Stopped' } | ForEach-Object { $_.Name })
    }
    finally {
        $null = Start-CsWindowsService -Force -Confirm:$false
    }
    if ($busy.Count -gt 0) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "after the stop these services still ran: $($busy -join ', ')" }

    $services = @(Get-CsWindowsService -ExcludeActivityLevel)
    $idle = @($services | Where-Object { [string]$_.Status -ne 'Running' } | ForEach-Object { $_.Name })
    if ($idle.Count -gt 0) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "after the start these services do not run: $($idle -join ', ')" }
    [pscustomobject]@{ Services = $services.Count }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
