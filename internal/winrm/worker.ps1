# The worker: answers one request line with one reply line until its input ends.
#
# Input   line 1: the tag, random per worker. Then one line per request: the tag
#         and the base64 of a JSON object in UTF-8
#         {id, hash, script, arguments}; script only when hash is new here.
# Output  the tag and the base64 of a JSON object
#         {ready, version, mode, host} once, then for each request
#         {id, cached, result: [...]} or {id, cached, error: {...}}.
# Lines without the tag come from elsewhere (modules, Write-Host) and are skipped.
#
# Windows PowerShell 3.0 and later. A script runs in a child scope, so its
# variables and preferences end with it. Data arrives as JSON only and is splatted;
# it never becomes PowerShell text.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$DebugPreference = 'SilentlyContinue'

# 5.1 writes some arrays as {"value": [...], "Count": n} because of this type's
# extended property Count, which the engine itself has had since 3.0.
try { Remove-TypeData -TypeName System.Array } catch { }

$utf8 = [Text.Encoding]::UTF8
$tag = [Console]::In.ReadLine()
$blocks = @{}

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

function Send-Frame($Frame) {
    $json = ConvertTo-Json -InputObject $Frame -Depth 20 -Compress
    [Console]::Out.WriteLine($tag + [Convert]::ToBase64String($utf8.GetBytes($json)))
    [Console]::Out.Flush()
}

function Read-Frame($Line) {
    $bytes = [Convert]::FromBase64String($Line.Substring($tag.Length))
    ConvertFrom-Json -InputObject ($utf8.GetString($bytes))
}

Send-Frame @{
    ready   = $true
    version = [string]$PSVersionTable.PSVersion
    mode    = [string]$ExecutionContext.SessionState.LanguageMode
    host    = [Environment]::MachineName
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    $request = $null
    try {
        $request = Read-Frame $line
        if ($request.script) { $blocks[$request.hash] = [scriptblock]::Create($request.script) }
        $arguments = @{}
        foreach ($property in $request.arguments.PSObject.Properties) {
            $arguments[$property.Name] = $property.Value
        }
        # A break or continue that leaves the script ends this loop, not the worker.
        $result = $null
        do { $result = @(& $blocks[$request.hash] @arguments) } while ($false)
        if ($null -eq $result) { throw 'The script ended by break or continue outside a loop.' }
        Send-Frame @{ id = $request.id; cached = $true; result = $result }
    }
    catch {
        Send-Frame @{
            id     = $request.id
            cached = $blocks.ContainsKey([string]$request.hash)
            error  = @{
                id       = [string]$_.FullyQualifiedErrorId
                category = [string]$_.CategoryInfo.Category
                message  = [string]$_.Exception.Message
                target   = [string]$_.TargetObject
                causes   = @(Format-Cause $_.Exception)
                line     = [int]$_.InvocationInfo.ScriptLineNumber
            }
        }
    }
}
