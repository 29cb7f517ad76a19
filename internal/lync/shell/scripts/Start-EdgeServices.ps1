# Start-EdgeServices: starts every Lync service of one Edge machine and waits for them
#
# Reads: the services after the start
# Changes: the state of the machine's Lync services
# Runs on: an Edge server, as a local administrator
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Busy while setup runs on this machine; Failed when a service does not run afterwards
# Source: cmdlet reference of Start-CsWindowsService (no name: all services)
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
    $null = Start-CsWindowsService -Force -Confirm:$false

    $services = @(Get-CsWindowsService -ExcludeActivityLevel)
    $idle = @($services | Where-Object { [string]$_.Status -ne 'Running' } | ForEach-Object { $_.Name })
    if ($idle.Count -gt 0) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "after the start these services do not run: $($idle -join ', ')" }
    [pscustomobject]@{ Services = $services.Count }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
