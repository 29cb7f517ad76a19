# Takes away what Install-FedRoute.ps1 made, and nothing else. Run it as an administrator.
[CmdletBinding(SupportsShouldProcess = $true)]
param()

$ErrorActionPreference = 'Stop'
if (Get-PSSessionConfiguration -Name FedRoute -ErrorAction SilentlyContinue) {
    if ($PSCmdlet.ShouldProcess('FedRoute', 'Unregister the session configuration and restart the WinRM service')) { Unregister-PSSessionConfiguration -Name FedRoute -Force }
}
$target = Join-Path -Path $env:ProgramFiles -ChildPath 'WindowsPowerShell\Modules\FedRoute'
if (Test-Path -Path $target) {
    if ($PSCmdlet.ShouldProcess($target, 'Remove the module')) { Remove-Item -Path $target -Recurse -Force }
}
