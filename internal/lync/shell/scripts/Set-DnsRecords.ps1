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
