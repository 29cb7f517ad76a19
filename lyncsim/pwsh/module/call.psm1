# Written by lyncsim from the cmdlet reference: a cmdlet's function hands its bound
# parameters to the simulated organization that started this process and returns
# what the cmdlet there puts out. Engine and .NET only: no cmdlet of another module.

# Parameters that act in this process.
$engineParameters = 'Verbose', 'Debug', 'ErrorAction', 'WarningAction', 'InformationAction', 'ProgressAction', 'ErrorVariable',
    'WarningVariable', 'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable', 'WhatIf', 'Confirm'

# One call: the token and the call go out, a line each; a line per record comes back.
function Invoke-Exchange([string]$Call) {
    $ErrorActionPreference = 'Stop'
    if (-not $env:LYNCSIM_ENDPOINT) {
        throw [System.InvalidOperationException]::new('LYNCSIM_ENDPOINT is not set: this PowerShell was not started by lyncsim --powershell')
    }
    $at = $env:LYNCSIM_ENDPOINT.LastIndexOf(':')
    $client = [System.Net.Sockets.TcpClient]::new($env:LYNCSIM_ENDPOINT.Substring(0, $at), [int]$env:LYNCSIM_ENDPOINT.Substring($at + 1))
    try {
        $stream = $client.GetStream()
        $writer = [System.IO.StreamWriter]::new($stream)
        $writer.WriteLine($env:LYNCSIM_TOKEN)
        $writer.WriteLine($Call)
        $writer.Flush()
        $reader = [System.IO.StreamReader]::new($stream)
        while ($null -ne ($line = $reader.ReadLine())) {
            $xml = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($line))
            [System.Management.Automation.PSSerializer]::Deserialize($xml)
        }
    }
    finally { $client.Close() }
}

# WhatIf and Confirm are decided where the cmdlet runs: only it knows its target.
function Format-Call([string]$Name, $Cmdlet, $Bound) {
    $parameters = @{}
    foreach ($key in $Bound.Keys) {
        $value = $Bound[$key]
        if ($engineParameters -contains $key) { continue }
        if ($value -is [switch]) { $value = [bool]$value }
        if ($value -is [ipaddress]) { $value = $value.ToString() }
        if ($value -is [ipaddress[]]) { $value = @(foreach ($address in $value) { $address.ToString() }) }
        $parameters[$key] = $value
    }
    $whatIf = $WhatIfPreference
    $confirm = [string]$ConfirmPreference
    if ($seesPreferences) {
        $whatIf = [bool]$Cmdlet.GetVariableValue('WhatIfPreference')
        $confirm = [string]$Cmdlet.GetVariableValue('ConfirmPreference')
    }
    if ($Bound.ContainsKey('WhatIf')) { $whatIf = [bool]$Bound['WhatIf'] }
    if ($Bound.ContainsKey('Confirm')) { $confirm = if ([bool]$Bound['Confirm']) { 'Low' } else { 'None' } }
    $call = @{ Cmdlet = $Name; Parameters = $parameters; WhatIf = [bool]$whatIf; Confirm = $confirm }
    $xml = [System.Management.Automation.PSSerializer]::Serialize($call, 10)
    [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($xml))
}

# An exception class by its name. One that this process does not have or cannot make an
# instance of, such as SqlException, is made here, with fields for its numbers.
$classes = @{}
function Get-Class([string]$Name, [string[]]$Fields) {
    $parameters = [type[]]@([string], [System.Exception])
    $class = $Name -as [type]
    if ($class -and $class.GetConstructor($parameters)) { return $class }
    if (-not $classes[$Name]) {
        $assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly([System.Reflection.AssemblyName]::new($Name), 'Run')
        $made = $assembly.DefineDynamicModule($Name).DefineType($Name, 'Public', [System.Exception])
        foreach ($field in $Fields) { $null = $made.DefineField($field, [object], 'Public') }
        $code = $made.DefineConstructor('Public', 'Standard', $parameters).GetILGenerator()
        foreach ($step in 'Ldarg_0', 'Ldarg_1', 'Ldarg_2') { $code.Emit([System.Reflection.Emit.OpCodes]::$step) }
        $code.Emit([System.Reflection.Emit.OpCodes]::Call, [System.Exception].GetConstructor($parameters))
        $code.Emit([System.Reflection.Emit.OpCodes]::Ret)
        $classes[$Name] = $made.CreateType()
    }
    $classes[$Name]
}

# Exceptions with their numbers, the innermost first; the last one holds the others.
function New-Chain($Chain) {
    $exception = $null
    foreach ($one in $Chain) {
        $numbers = $one['Numbers']
        $class = Get-Class $one['Type'] @($numbers.Keys -ne 'HResult')
        if ($class -eq [System.ComponentModel.Win32Exception]) { $exception = $class::new([int]$numbers['NativeErrorCode'], $one['Message']) }
        else { $exception = $class::new([string]$one['Message'], $exception) }
        foreach ($name in $numbers.Keys) {
            if ($name -ne 'NativeErrorCode') { $exception.$name = $numbers[$name] }
        }
    }
    $exception
}

function New-Record($Reply) {
    $message = [string]$Reply['Message']
    $exception = [System.InvalidOperationException]::new($message)
    $type = [string]$Reply['Exception'] -as [type]
    if ($Reply['Chain'] -and $PSVersionTable.PSEdition -eq 'Core') { $exception = New-Chain $Reply['Chain'] } # only there can HResult be set
    elseif ($type) { try { $exception = $type::new($message) } catch { } }
    [System.Management.Automation.ErrorRecord]::new($exception, [string]$Reply['Id'], [string]$Reply['Category'], $Reply['Target'])
}

function Send-Call([string]$Name, $Cmdlet, $Bound) {
    $replies = @()
    try { $replies = @(Invoke-Exchange (Format-Call $Name $Cmdlet $Bound)) }
    catch {
        $unreachable = [System.InvalidOperationException]::new("lyncsim did not answer: $($_.Exception.Message)")
        $Cmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new($unreachable, 'CannotConnect', 'ConnectionError', $Name))
    }
    if ($seesPreferences) {
        $ErrorActionPreference = $Cmdlet.GetVariableValue('ErrorActionPreference')
        $WarningPreference = $Cmdlet.GetVariableValue('WarningPreference')
        $VerbosePreference = $Cmdlet.GetVariableValue('VerbosePreference')
    }
    foreach ($reply in $replies) {
        switch ($reply['Stream']) {
            'Output' { $Cmdlet.WriteObject($reply['Value']) }
            'Error' { $Cmdlet.WriteError((New-Record $reply)) }
            'Terminating' { $Cmdlet.ThrowTerminatingError((New-Record $reply)) }
            'Warning' { $Cmdlet.WriteWarning([string]$reply['Message']) }
            'Verbose' { $Cmdlet.WriteVerbose([string]$reply['Message']) }
            'Host' { [System.Console]::Out.WriteLine([string]$reply['Message']) }
        }
    }
}
