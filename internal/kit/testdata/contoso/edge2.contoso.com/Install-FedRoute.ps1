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
foreach ($group in @('FedRoute Readers', 'FedRoute Operators')) {
    if (-not (Get-LocalGroup -Name $group -ErrorAction SilentlyContinue)) { $null = New-LocalGroup -Name $group -Description 'May call functions of fedroute' }
}
$passwords = Join-Path -Path $PSScriptRoot -ChildPath 'accounts.tsv'
if (Test-Path -LiteralPath $passwords) {
    # No command gets a password as text: module logging would keep it.
    foreach ($line in [System.IO.File]::ReadAllLines($passwords)) {
        $name, $group, $text = $line -split "`t"
        $password = New-Object -TypeName System.Security.SecureString
        foreach ($character in $text.ToCharArray()) { $password.AppendChar($character) }
        if (-not $PSCmdlet.ShouldProcess($name, 'Make the local account, or set its password')) { continue }
        if (Get-LocalUser -Name $name -ErrorAction SilentlyContinue) { Set-LocalUser -Name $name -Password $password }
        else { $null = New-LocalUser -Name $name -Password $password -PasswordNeverExpires -UserMayNotChangePassword -Description 'May call functions of fedroute' }
        if (-not (Get-LocalGroupMember -Group $group -Member $name -ErrorAction SilentlyContinue)) { Add-LocalGroupMember -Group $group -Member $name }
    }
    if ($PSCmdlet.ShouldProcess($passwords, 'Delete the file with passwords')) { Remove-Item -LiteralPath $passwords }
}
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
