# Invoke-EdgeSetup: runs "set up or remove Lync Server components" again on one Edge machine
#
# Setup reads the local replica, not the Central Management Store, and it first
# disables every role and then enables those it finds under the machine's own
# name. Hence the two checks before it: the replica carries the wanted topology,
# and the machine is called what the topology calls it.
#
# Reads: the machine's name and version, the topology in its local replica
# Changes: installed and enabled roles of the machine, by its local replica
# Runs on: an Edge server, as a local administrator
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: WorldChanged when the local replica carries another topology; Invalid when the machine has
#   another name; Busy while setup, a start or a stop of the services runs on this machine; Failed with the setup program's exit code
# Source: "Deploying paired Front End pools for disaster recovery" (Bootstrapper.exe and its folders);
#   "Re-activate server" (Enable-CsComputer re-activates installed roles as Bootstrapper does)
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Signature,
    [Parameter(Mandatory = $true)][string]$HostName
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
$ownName = $network.HostName
if ($network.DomainName) { $ownName = $ownName + '.' + $network.DomainName }
if ($ownName -ne $HostName) { Write-Error -ErrorId 'fedroute.Invalid' -Category InvalidData -Message "this machine calls itself $ownName and the topology calls it $HostName; setup would find no roles here and leave its services disabled; set the primary DNS suffix" }

# What setup has done: the document that it went by, and the services that are there then.
function Format-Note {
    $names = @(Get-CsWindowsService -ExcludeActivityLevel | ForEach-Object { [string]$_.Name } | Sort-Object)
    "$Signature $($names -join ' ')"
}

function Measure-Idle {
    @(Get-CsWindowsService -ExcludeActivityLevel | Where-Object { [string]$_.Status -ne 'Running' }).Count
}

# A service that cannot be started, such as a disabled one, asks for setup.
function Test-Started {
    if ((Measure-Idle) -eq 0) { return $true }
    try { $null = Start-CsWindowsService -Force -Confirm:$false }
    catch { return $false }
    (Measure-Idle) -eq 0
}

# One setup at a time, also when the caller lost its shell and came back with
# another while the first still works. What starts or stops the services takes it too.
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
    $local = [xml](Get-CsTopology -LocalStore -AsXml).ToString()
    $found = $local.DocumentElement.GetAttribute('Signature')
    if ($found -ne $Signature) { Write-Error -ErrorId 'fedroute.WorldChanged' -Category InvalidData -Message "the local replica carries signature $found, not $Signature" }

    $note = Join-Path -Path $env:ProgramFiles -ChildPath 'fedroute-setup.txt'
    if ((Test-Path -Path $note) -and ((Get-Content -Path $note) -join ' ') -eq (Format-Note) -and (Test-Started)) {
        return [pscustomobject]@{ Ran = 'nothing' }
    }
    Remove-Item -Path $note -ErrorAction SilentlyContinue

    # An upgraded machine may keep the older folder, and an older version's setup
    # must not run on it: only the folder that is named like the version counts.
    $version = [string](Get-CsServerVersion)
    $program = ''
    foreach ($folder in 'Microsoft Lync Server 2010', 'Microsoft Lync Server 2013', 'Skype for Business Server 2015', 'Skype for Business Server 2019') {
        $candidate = Join-Path -Path $env:ProgramFiles -ChildPath "$folder\Deployment\Bootstrapper.exe"
        if ($version.Contains($folder.Replace('Microsoft ', '')) -and (Test-Path -Path $candidate)) { $program = $candidate }
    }
    if ($program) {
        # The pipe makes PowerShell wait for the program and keeps its text out of the reply.
        # Without an input of its own, here an empty line, it would inherit that of PowerShell,
        # over which the next calls come.
        $text = '' | & $program | Out-String
        if ($LASTEXITCODE -ne 0) { Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "Bootstrapper.exe ended with exit code ${LASTEXITCODE}: $($text.Trim())" }
        $ran = 'Bootstrapper'
    }
    else {
        # The folder of the Subscription Edition is not documented. For roles that
        # are already installed Enable-CsComputer does what the program does.
        $null = Enable-CsComputer -Force -Confirm:$false
        $ran = 'Enable-CsComputer'
    }
    # Without the note setup only runs once more than it has to.
    Set-Content -Path $note -Value (Format-Note) -ErrorAction SilentlyContinue
    [pscustomobject]@{ Ran = $ran }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
