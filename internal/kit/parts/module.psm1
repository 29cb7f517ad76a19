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
