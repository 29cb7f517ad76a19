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
    'Invoke-EdgeSetup' = @{
        Generation = 1
        Takes      = @('Signature', 'HostName')
        Needs      = @('Signature', 'HostName')
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
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
        }
    }
    'Read-EdgeCertificate' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
# Read-EdgeCertificate: the certificate that one Edge machine shows partners
#
# Reads: the certificate that is assigned to the external Access Edge, and what the machine itself finds
#   when it builds the certificate's chain. Revocation is not asked for: an Edge server may not reach the list
# Changes: nothing
# Runs on: an Edge server, as a local account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsCertificate;
#   .NET Framework reference of X509Store, X509Chain and X509ChainStatusFlags
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

# The flags of a chain that is not whole. Partners see what this machine sees, unless they
# know an issuer that it does not know.
function Read-Chain([string]$Thumbprint) {
    $store = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Store -ArgumentList 'My', 'LocalMachine'
    $store.Open('ReadOnly')
    $certificate = $store.Certificates | Where-Object { $_.Thumbprint -eq $Thumbprint } | Microsoft.PowerShell.Utility\Select-Object -First 1
    $store.Close()
    if (-not $certificate) { return 'NotInStore' }
    $chain = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Chain -ArgumentList $true
    $chain.ChainPolicy.RevocationMode = 'NoCheck'
    if (-not $chain.Build($certificate)) { $chain.ChainStatus | ForEach-Object { [string]$_.Status } }
}

$assigned = Get-CsCertificate -Type AccessEdgeExternal | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $assigned) {
    return [pscustomobject]@{ Thumbprint = ''; Subject = ''; Names = @(); NotBefore = ''; NotAfter = ''; Chain = @(); ChainError = '' }
}

$chain = @()
$chainError = ''
try { $chain = @(Read-Chain ([string]$assigned.Thumbprint)) }
catch { $chainError = [string]$_.Exception.Message }

[pscustomobject]@{
    Thumbprint = [string]$assigned.Thumbprint
    Subject    = [string]$assigned.Subject
    Names      = @($assigned.AlternativeNames | ForEach-Object { [string]$_ })
    NotBefore  = ([datetime]$assigned.NotBefore).ToUniversalTime().ToString('o')
    NotAfter   = ([datetime]$assigned.NotAfter).ToUniversalTime().ToString('o')
    Chain      = $chain
    ChainError = $chainError
}
        }
    }
    'Read-EdgeServer' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
# Read-EdgeServer: what one Edge machine says about itself
#
# Reads: its Lync services and their start modes, its TCP listeners, the topology in its local replica
# Changes: nothing
# Runs on: an Edge server, as a local account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsWindowsService, Get-CsTopology (LocalStore);
#   .NET Framework reference of IPGlobalProperties and ServiceController (StartType: since 4.6.1);
#   reference of Get-WmiObject and Win32_Service (StartMode)
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()

# Only the local store tells which topology this machine would set itself up by.
$local = [xml](Get-CsTopology -LocalStore -AsXml).ToString()

# Setup disables the services first and leaves them so when it fails. No cmdlet of
# the product tells; the service object does where .NET is new enough, WMI always.
function Read-StartMode([string[]]$Names) {
    $modes = @{}
    foreach ($service in Get-Service -Name $Names -ErrorAction SilentlyContinue) {
        if ($null -ne $service.StartType) { $modes[$service.Name] = [string]$service.StartType }
    }
    if ($modes.Count -eq 0) {
        foreach ($service in Get-WmiObject -Class Win32_Service -Property Name, StartMode) { $modes[$service.Name] = [string]$service.StartMode }
    }
    $modes
}

$services = @(Get-CsWindowsService -ExcludeActivityLevel)
$startModes = @{}
if ($services.Count -gt 0) { $startModes = Read-StartMode @($services | ForEach-Object { [string]$_.Name }) }

[pscustomobject]@{
    LocalSignature = $local.DocumentElement.GetAttribute('Signature')
    Listening      = @($network.GetActiveTcpListeners() | ForEach-Object { $_.ToString() })
    Services       = @($services | ForEach-Object {
            [pscustomobject]@{
                Name        = [string]$_.Name
                DisplayName = [string]$_.DisplayName
                State       = [string]$_.Status
                StartMode   = [string]$startModes[[string]$_.Name]
            }
        })
}
        }
    }
    'Restart-EdgeServices' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
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
        }
    }
    'Start-EdgeServices' = @{
        Generation = 1
        Takes      = @()
        Needs      = @()
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @() }
        OneSet     = $false
        Script     = {
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
        }
    }
}

function Get-FedRouteKit {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Get-FedRouteKit' $PSBoundParameters
}

function Invoke-EdgeSetup {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:[0-9A-Za-z{}-]{1,64})\z', Options = 'None')][string]$Signature,
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$HostName
    )
    Invoke-Operation 'Invoke-EdgeSetup' $PSBoundParameters
}

function Read-EdgeCertificate {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Read-EdgeCertificate' $PSBoundParameters
}

function Read-EdgeServer {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Read-EdgeServer' $PSBoundParameters
}

function Restart-EdgeServices {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Restart-EdgeServices' $PSBoundParameters
}

function Start-EdgeServices {
    [CmdletBinding(PositionalBinding = $false)]
    param()
    Invoke-Operation 'Start-EdgeServices' $PSBoundParameters
}
