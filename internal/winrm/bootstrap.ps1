# Runs line 1 of standard input, the worker in base64. Must not name the automatic
# input variable: the console host would then read standard input itself.
$ProgressPreference = 'SilentlyContinue'
$mode = [string]$ExecutionContext.SessionState.LanguageMode
$version = $PSVersionTable.PSVersion
if ($mode -ne 'FullLanguage' -or $version.Major -lt 3) { "fedroute-unsupported $mode $version"; return }
$text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Console]::In.ReadLine()))
& ([scriptblock]::Create($text))
