# Runs setup again on this Edge server, then starts its services anew.
$ErrorActionPreference = 'Stop'
$text = & "$env:ProgramFiles\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe" | Out-String
if ($LASTEXITCODE -ne 0) { throw "Bootstrapper.exe ended with exit code ${LASTEXITCODE}: $text" }
Stop-CsWindowsService -Force -Confirm:$false
Start-CsWindowsService -Force -Confirm:$false
