# Runs each script of a file, one JSON object with id and script a line, in a runspace
# of its own, and writes id, stdout, errors and exit of each.
param([string]$From, [string]$To)
$ErrorActionPreference = 'Stop'
$culture = [cultureinfo]::new('en-US')
$culture.NumberFormat.NumberDecimalDigits = $culture.NumberFormat.PercentDecimalDigits = 2 # as on Windows
[cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = $culture
[cultureinfo]::DefaultThreadCurrentCulture = [cultureinfo]::DefaultThreadCurrentUICulture = $culture
$state = [initialsessionstate]::CreateDefault2()
$writer = [IO.StreamWriter]::new($To)
foreach ($line in [IO.File]::ReadLines($From)) {
    $case = [System.Text.Json.JsonDocument]::Parse($line).RootElement
    $engine = [powershell]::Create($state)
    $text = [Text.StringBuilder]::new()
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $uncaught = $null
    try { $engine.AddScript($case.GetProperty('script').GetString()).Invoke($null, $output) }
    catch [System.Management.Automation.RuntimeException] { $uncaught = $_.Exception.ErrorRecord }
    catch { $uncaught = $_ }
    if ($null -ne $uncaught -and $null -ne $_.Exception.InnerException.ErrorRecord) { $uncaught = $_.Exception.InnerException.ErrorRecord }
    foreach ($object in $output) { [void]$text.Append([string]$object).Append("`n") }
    $errors = foreach ($record in @($engine.Streams.Error) + @($uncaught)) {
        if ($null -ne $record) { [ordered]@{ id = $record.FullyQualifiedErrorId; category = [string]$record.CategoryInfo.Category; message = $record.Exception.Message } }
    }
    $answer = [ordered]@{ id = $case.GetProperty('id').GetString(); stdout = $text.ToString(); errors = @($errors); exit = [int]($null -ne $uncaught) }
    $writer.WriteLine((ConvertTo-Json $answer -Compress -Depth 4))
    $engine.Runspace.Dispose()
    $engine.Dispose()
}
$writer.Close()
