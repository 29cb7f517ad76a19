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
    'Set-DnsRecords' = @{
        Generation = 1
        Takes      = @('Zone', 'Name', 'Type', 'Ttl', 'Before', 'After')
        Needs      = @('Zone', 'Name', 'Type')
        Flags      = @()
        Names      = @{ Sites = @(); Pools = @(); Zones = @('Zone') }
        OneSet     = $true
        Script     = {
# Set-DnsRecords: changes sets of records of a DNS zone that still are as they were read
#
# These cmdlets have no compare-and-swap. All sets are compared before the first change; what others
# add later is left alone and shows in what is read back. Every value is added before any is removed,
# so no name that keeps records is ever without. Addresses come before services and go after them.
# Reads: the named sets, before and after; whether a name that gets its first record is an alias
# Changes: A, AAAA and SRV records of the named sets: adds values, corrects TTLs, removes values that
#   were read and are not wanted
# Runs on: the zone's DNS server, as an account that may change the zone
# Versions: Windows Server 2012, Windows Server 2012 R2, Windows Server 2016, Windows Server 2019, Windows Server 2022, Windows Server 2025
# Errors: WorldChanged when a set is not as it was read, and nothing was changed; Busy while another
#   change of the zone runs on this machine; Failed when some of the changes were made;
#   Unsupported without the DnsServer module
# Source: cmdlet reference of the DnsServer module; its error numbers are those of the Windows DNS
#   server (System Error Codes 9000-11999)
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Zone,
    [Parameter(Mandatory = $true)][object[]]$Changes
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module -Name DnsServer)) {
    if (-not (Get-Module -ListAvailable -Name DnsServer)) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has no DnsServer module; it comes with the DNS server role and its tools' }
    Import-Module -Name DnsServer
}

# The module's cmdlets are functions and do not see this script's preferences:
# each is told to stop at an error, and not to ask.

# The records of a set; none when there is no such name (9714).
function Read-Record([string]$Name, [string]$Type) {
    try { $found = @(Get-DnsServerResourceRecord -ZoneName $Zone -Name $Name -RRType $Type -ErrorAction Stop) }
    catch {
        if ($_.FullyQualifiedErrorId -notlike 'WIN32 9714,*') { throw }
        $found = @()
    }
    $found | Where-Object { $_.HostName -eq $Name }
}

# A value as the caller writes it.
function Format-Value($Record) {
    $data = $Record.RecordData
    switch ($Record.RecordType) {
        'A' { [string]$data.IPv4Address }
        'AAAA' { [string]$data.IPv6Address }
        'SRV' { '{0} {1} {2} {3}' -f $data.Priority, $data.Weight, $data.Port, ([string]$data.DomainName).TrimEnd('.').ToLower() }
    }
}

function Read-Value($Set) {
    Read-Record $Set.Name $Set.Type | ForEach-Object { Format-Value $_ } | Sort-Object
}

# Addresses in the one form that this machine gives them.
function Format-Wanted([string]$Type, $Values) {
    $Values | Where-Object { $_ } | ForEach-Object { if ($Type -eq 'SRV') { [string]$_ } else { [string][ipaddress]$_ } } | Sort-Object
}

function Add-Value($Set, [string]$Value) {
    $common = @{ ZoneName = $Zone; Name = $Set.Name; TimeToLive = $Set.Ttl; Confirm = $false; ErrorAction = 'Stop' }
    switch ($Set.Type) {
        'A' { Add-DnsServerResourceRecordA @common -IPv4Address $Value }
        'AAAA' { Add-DnsServerResourceRecordAAAA @common -IPv6Address $Value }
        'SRV' {
            $priority, $weight, $port, $target = $Value.Split(' ')
            Add-DnsServerResourceRecord @common -Srv -Priority $priority -Weight $weight -Port $port -DomainName ($target + '.')
        }
    }
}

# Set- compares the old record before it writes. No TTL means to leave it.
function Set-Ttl($Set, [string]$Value) {
    if (-not $Set.Ttl) { return }
    $old = Read-Record $Set.Name $Set.Type | Where-Object { (Format-Value $_) -eq $Value } | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $old -or [string]$old.TimeToLive -eq $Set.Ttl) { return }
    $new = $old.Clone()
    $new.TimeToLive = [timespan]$Set.Ttl
    $null = Set-DnsServerResourceRecord -ZoneName $Zone -OldInputObject $old -NewInputObject $new -Confirm:$false -ErrorAction Stop
    $true
}

function Remove-Value($Set, [string]$Value) {
    $old = Read-Record $Set.Name $Set.Type | Where-Object { (Format-Value $_) -eq $Value } | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $old) { return }
    $null = Remove-DnsServerResourceRecord -ZoneName $Zone -InputObject $old -Force -Confirm:$false -ErrorAction Stop
    $true
}

function Assert-AsRead($Set) {
    $found = @(Read-Value $Set)
    if (($found -join ', ') -ne ($Set.Before -join ', ')) {
        Write-Error -ErrorId 'fedroute.WorldChanged' -Category InvalidData -Message "$($Set.Name) $($Set.Type) of zone $Zone is now '$($found -join ', ')', not '$($Set.Before -join ', ')'; nothing was changed"
    }
    if ($found.Count -eq 0 -and @(Read-Record $Set.Name 'CName').Count -gt 0) {
        Write-Error -ErrorId 'fedroute.WorldChanged' -Category InvalidData -Message "$($Set.Name) of zone $Zone is now an alias; nothing was changed"
    }
}

# One change of a zone at a time on this machine, also when the caller lost its
# shell and came back. A holder that died leaves the mutex as good as free.
try {
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, "Global\fedroute-dns-$Zone"
    $held = $mutex.WaitOne(0)
}
catch [System.Threading.AbandonedMutexException] { $held = $true }
catch [System.UnauthorizedAccessException] {
    # A mutex that exists and may not be opened is one that a session of another account holds.
    Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message "another change of zone $Zone is still running on this machine; it was begun under another account"
}
if (-not $held) { Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message "another change of zone $Zone is still running on this machine" }
$made = 0
try {
    $sets = @(foreach ($change in $Changes) {
            @{
                Name = $change.Name; Type = $change.Type; Ttl = $change.TTL
                Before = @(Format-Wanted $change.Type $change.Before); After = @(Format-Wanted $change.Type $change.After)
            }
        })
    foreach ($set in $sets) { Assert-AsRead $set }
    foreach ($set in $sets) {
        foreach ($value in $set.After) {
            if ($set.Before -notcontains $value) { $null = Add-Value $set $value; $made++ }
        }
    }
    foreach ($set in $sets) {
        foreach ($value in $set.After) {
            if ($set.Before -contains $value -and (Set-Ttl $set $value)) { $made++ }
        }
    }
    for ($i = $sets.Count - 1; $i -ge 0; $i--) {
        foreach ($value in $sets[$i].Before) {
            if ($sets[$i].After -notcontains $value -and (Remove-Value $sets[$i] $value)) { $made++ }
        }
    }
    $after = @(foreach ($set in $sets) {
            [pscustomobject]@{ Name = $set.Name; Type = $set.Type; Values = @(Read-Value $set) }
        })
    [pscustomobject]@{ Sets = $after }
}
catch {
    if ($made -eq 0) { throw }
    Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "$($_.Exception.Message) Before that $made records of zone $Zone were changed: it holds a part of the change"
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

function Set-DnsRecords {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)\z', Options = 'None')][string]$Zone,
        [ValidatePattern('\A(?:(?=.{1,253}\z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)\z', Options = 'None')][string]$Name,
        [ValidatePattern('\A(?:A|AAAA|SRV)\z', Options = 'None')][string]$Type,
        [ValidatePattern('\A(?:(?:[0-9]{1,5}\.)?(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])\z', Options = 'None')][string]$Ttl,
        [ValidateCount(0, 256)][ValidatePattern('\A(?:[0-9a-z:. _-]{1,280})\z', Options = 'None')][string[]]$Before,
        [ValidateCount(0, 256)][ValidatePattern('\A(?:[0-9a-z:. _-]{1,280})\z', Options = 'None')][string[]]$After
    )
    Invoke-Operation 'Set-DnsRecords' $PSBoundParameters
}
