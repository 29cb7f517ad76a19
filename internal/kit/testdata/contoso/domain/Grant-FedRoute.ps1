# Gives the group managed service account of the Front End servers what changes ask for.
# Until then it can only read. Run it as a Domain Admin on a Front End server, when a route
# may change something (mode Approve or Enforce).
#
# -WhatIf tells what would be done.
[CmdletBinding(SupportsShouldProcess = $true)]
param()

$ErrorActionPreference = 'Stop'
$wanted = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Join-Path -Path $PSScriptRoot -ChildPath 'domain.json')))
Import-Module -Name ActiveDirectory
if (-not (Get-Command -Name Grant-CsSetupPermission -ErrorAction SilentlyContinue)) { throw 'This machine has no Grant-CsSetupPermission. Run this on a Front End server.' }

# Containers of the topology's computers: Enable-CsTopology writes there.
$containers = @(foreach ($computer in Get-CsComputer) {
        $name = [string]$computer.Fqdn
        $found = Get-ADComputer -Filter 'DNSHostName -eq $name'
        if ($found) { $found.DistinguishedName.Substring($found.DistinguishedName.IndexOf(',') + 1) }
    }) | Sort-Object -Unique
$shares = @(foreach ($store in Get-CsService -FileStore) { [string]$store.UncPath }) | Sort-Object -Unique

$administrate = {
    param($Account)
    # The group has another name in another language, and the same SID.
    if (-not (Get-LocalGroupMember -SID S-1-5-32-544 -Member $Account -ErrorAction SilentlyContinue)) { Add-LocalGroupMember -SID S-1-5-32-544 -Member $Account }
}
foreach ($account in $wanted.ServiceAccounts | Where-Object { $_.Changes.Count -gt 0 }) {
    $found = Get-ADServiceAccount -Identity $account.Name
    $name = "$($wanted.Domain)\$($found.SamAccountName)"
    foreach ($group in $account.Changes) {
        if (@((Get-ADGroupMember -Identity $group).DistinguishedName) -notcontains $found.DistinguishedName) {
            if ($PSCmdlet.ShouldProcess($group, "Add the member $name")) { Add-ADGroupMember -Identity $group -Members $found }
        }
    }
    foreach ($group in $account.Reads) {
        if (@((Get-ADGroupMember -Identity $group).DistinguishedName) -contains $found.DistinguishedName) {
            if ($PSCmdlet.ShouldProcess($group, "Remove the member $name")) { Remove-ADGroupMember -Identity $group -Members $found -Confirm:$false }
        }
    }
    foreach ($server in $account.Servers) {
        if (-not $PSCmdlet.ShouldProcess($server, "Make $name an administrator")) { continue }
        if ($server.Split('.')[0] -eq $env:COMPUTERNAME) { & $administrate $name }
        else { Invoke-Command -ComputerName $server -ScriptBlock $administrate -ArgumentList $name }
    }
    foreach ($share in $shares) {
        if (-not $PSCmdlet.ShouldProcess($share, "Give $name full control")) { continue }
        & icacls.exe $share /grant "${name}:(OI)(CI)F"
        if ($LASTEXITCODE) { throw "icacls could not give $name full control over $share (exit code $LASTEXITCODE). Give it on the file server, on the share and on the folder." }
    }
}
foreach ($container in $containers) {
    if (-not (Test-CsSetupPermission -ComputerOU $container)) {
        if ($PSCmdlet.ShouldProcess($container, 'Grant the setup permission')) { Grant-CsSetupPermission -ComputerOU $container -Force }
    }
}
Write-Output 'The service account may change what the functions change. It may take a restart of its sessions until it does.'
