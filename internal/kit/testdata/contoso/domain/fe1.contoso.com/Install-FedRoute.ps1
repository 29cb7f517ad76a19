# Installs fedroute's session configuration on this machine. Run it as an administrator, in
# the folder that it lies in.
#
# -Check only checks the files and changes nothing. -WhatIf tells what would be done.
# -Unattended leaves how it ended in outcome.txt.
[CmdletBinding(SupportsShouldProcess = $true)]
param([switch]$Check, [switch]$Unattended)

$ErrorActionPreference = 'Stop'
$outcome = Join-Path -Path $PSScriptRoot -ChildPath 'outcome.txt'
trap {
    if ($Unattended) { Set-Content -LiteralPath $outcome -Value "$_" }
    break
}
$source = Join-Path -Path $PSScriptRoot -ChildPath 'FedRoute'

# A role that names a function which the module lacks would show no function at all, and
# nobody would be told.
$module = Import-Module -Name (Join-Path -Path $source -ChildPath 'FedRoute.psd1') -PassThru -Force
$there = @($module.ExportedFunctions.Keys)
Remove-Module -Name FedRoute -WhatIf:$false
foreach ($file in Get-ChildItem -Path (Join-Path -Path $source -ChildPath 'RoleCapabilities') -Filter '*.psrc') {
    foreach ($name in (Import-PowerShellDataFile -Path $file.FullName).VisibleFunctions) {
        if ($there -notcontains $name) { throw "The module has no function $name, which the role $($file.BaseName) shows. Write the kit anew." }
    }
}
$limits = Get-Content -Path (Join-Path -Path $source -ChildPath 'FedRoute.limits.json') -Raw | ConvertFrom-Json
Write-Output "The kit is whole: $($there.Count) functions, $(@($limits.Sites).Count) sites, $(@($limits.Pools).Count) pools, $(@($limits.Zones).Count) zones."
if ($Check) { return }

if ($PSVersionTable.PSVersion -lt [version]'5.1') { throw "This machine has PowerShell $($PSVersionTable.PSVersion). Session configurations with roles need Windows PowerShell 5.1." }
if (Get-Command -Name Test-ADServiceAccount -ErrorAction SilentlyContinue) {
    if (-not (Test-ADServiceAccount -Identity 'fedroute$')) { throw "This machine may not use the group managed service account CONTOSO\fedroute$. Add it to PrincipalsAllowedToRetrieveManagedPassword, and restart it." }
}
else { Write-Warning "Whether this machine may use CONTOSO\fedroute$ was not checked: it has no ActiveDirectory module." }
$target = Join-Path -Path $env:ProgramFiles -ChildPath 'WindowsPowerShell\Modules\FedRoute'
if ($PSCmdlet.ShouldProcess($target, 'Copy the module')) {
    if (Test-Path -Path $target) { Remove-Item -Path $target -Recurse -Force }
    Copy-Item -Path $source -Destination $target -Recurse
    Get-ChildItem -Path $target -Recurse -File | Unblock-File
}
if ($PSCmdlet.ShouldProcess('FedRoute', 'Register the session configuration and restart the WinRM service')) {
    if (Get-PSSessionConfiguration -Name FedRoute -ErrorAction SilentlyContinue) { Unregister-PSSessionConfiguration -Name FedRoute -Force -NoServiceRestart }
    $null = Register-PSSessionConfiguration -Name FedRoute -Path (Join-Path -Path $PSScriptRoot -ChildPath 'FedRoute.pssc') -Force
    Write-Output 'The session configuration FedRoute is registered. Sessions on this machine were ended by the restart of WinRM.'
    if ($Unattended) { Set-Content -LiteralPath $outcome -Value 'installed' }
}
