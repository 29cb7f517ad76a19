# PowerShell's own client opens a session by the program ssh of PATH, makes the calls of a
# file in it, and writes how each ended as JSON, one line a call.
param([string]$Calls)

$ErrorActionPreference = 'Stop'

# A value { "clixml": ... } becomes the object that it describes.
function ConvertFrom-Given($Value) {
    if ($Value -isnot [hashtable] -or -not $Value.clixml) { return , $Value }
    if ($Value.clixml -match '^<SBK>(.*)</SBK>$') { return [scriptblock]::Create($Matches[1]) }
    [System.Management.Automation.PSSerializer]::Deserialize('<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">' + $Value.clixml + '</Objs>')
}

$session = New-PSSession -HostName localhost -UserName any
foreach ($call in (Get-Content -Raw -LiteralPath $Calls | ConvertFrom-Json -AsHashtable)) {
    $shell = [powershell]::Create()
    $shell.Runspace = $session.Runspace
    foreach ($one in @($call) + @($call.pipe | Where-Object { $_ })) {
        if ($one.command) {
            [void]$shell.AddCommand([string]$one.command)
            if ($one.parameters) { foreach ($name in $one.parameters.Keys) { [void]$shell.AddParameter($name, (ConvertFrom-Given $one.parameters[$name])) } }
        }
        else { [void]$shell.AddScript([string]$one.script) }
    }
    $told = @{ state = 'completed'; output = @(); errors = @(); warnings = @(); verbose = @(); information = @() }
    try {
        if ($call.stop) {
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]$null, $output)
            while (-not $output.Count) { Start-Sleep -Milliseconds 20 }
            $shell.Stop()
            $told.state = 'stopped'
            $told.output = @($output | ForEach-Object { "$_" })
        }
        else { $told.output = @($shell.Invoke() | ForEach-Object { "$_" }) }
    }
    catch {
        $told.state = 'failed'
        $cause = $_.Exception
        while ($cause.InnerException -and $cause -isnot [System.Management.Automation.RemoteException]) { $cause = $cause.InnerException }
        $told.errors = @(if ($cause.ErrorRecord) { $cause.ErrorRecord.FullyQualifiedErrorId } else { $cause.Message })
    }
    if (-not $told.errors) { $told.errors = @($shell.Streams.Error | ForEach-Object { $_.FullyQualifiedErrorId }) }
    $told.warnings = @($shell.Streams.Warning | ForEach-Object { $_.Message })
    $told.verbose = @($shell.Streams.Verbose | ForEach-Object { $_.Message })
    $told.information = @($shell.Streams.Information | ForEach-Object { "$($_.MessageData)" })
    $shell.Dispose()
    ConvertTo-Json -InputObject $told -Depth 4 -Compress
}
Remove-PSSession $session
