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
