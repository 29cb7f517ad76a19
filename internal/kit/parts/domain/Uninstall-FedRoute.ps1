# Takes away the accounts and groups that Install-FedRoute.ps1 made in the domain. Run
# Uninstall-FedRoute.ps1 of each server before. The setup permission and the permissions of
# the file share stay.
[CmdletBinding(SupportsShouldProcess = $true)]
param()

$ErrorActionPreference = 'Stop'
$wanted = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Join-Path -Path $PSScriptRoot -ChildPath 'domain.json')))
Import-Module -Name ActiveDirectory
foreach ($account in $wanted.ServiceAccounts) {
    $name = $account.Name
    if (Get-ADServiceAccount -Filter 'Name -eq $name') {
        if ($PSCmdlet.ShouldProcess($name, 'Remove the group managed service account')) { Remove-ADServiceAccount -Identity $name -Confirm:$false }
    }
}
foreach ($name in $wanted.Accounts) {
    if (Get-ADUser -Filter 'SamAccountName -eq $name') {
        if ($PSCmdlet.ShouldProcess($name, 'Remove the account')) { Remove-ADUser -Identity $name -Confirm:$false }
    }
}
foreach ($group in $wanted.Groups) {
    $name = $group.Name
    if (Get-ADGroup -Filter 'SamAccountName -eq $name') {
        if ($PSCmdlet.ShouldProcess($name, 'Remove the group')) { Remove-ADGroup -Identity $name -Confirm:$false }
    }
}
