# Makes in the domain what fedroute's session configurations need, and installs the kit on
# the servers of the domain, whose folders lie beside this script. Run it as a Domain Admin
# on a machine of the domain that has the ActiveDirectory module, such as a Front End server.
#
# Running it again makes what is missing and changes nothing else, except that it installs
# the kit again. -Check only looks. -WhatIf tells what would be done.
[CmdletBinding(SupportsShouldProcess = $true)]
param([switch]$Check)

$ErrorActionPreference = 'Stop'
$wanted = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText((Join-Path -Path $PSScriptRoot -ChildPath 'domain.json')))
$passwords = Join-Path -Path $PSScriptRoot -ChildPath 'accounts.tsv'

# Look first: nothing is made while something is missing.
Import-Module -Name ActiveDirectory
$domain = Get-ADDomain
if ($domain.NetBIOSName -ne $wanted.Domain) { throw "This is the domain $($domain.NetBIOSName), and the kit is of the domain $($wanted.Domain). Run it there." }
if (Get-Command -Name Get-KdsRootKey -ErrorAction SilentlyContinue) {
    if (-not (Get-KdsRootKey | Where-Object { $_.EffectiveTime -le (Get-Date) })) {
        throw 'The forest has no KDS root key in effect, and so no group managed service accounts. Run Add-KdsRootKey -EffectiveImmediately, and this again after ten hours.'
    }
}
else { Write-Warning 'Whether the forest has a KDS root key was not checked: this machine has no Get-KdsRootKey.' }
$computers = @{}
foreach ($server in $wanted.Servers) {
    $computers[$server] = Get-ADComputer -Filter 'DNSHostName -eq $server'
    if (-not $computers[$server]) { throw "The domain has no computer $server. Correct the name in the objects that the kit was written from, and write it anew." }
    if (-not (Test-Path -Path (Join-Path -Path $PSScriptRoot -ChildPath $server))) { throw "The folder of $server is not beside this script. Copy the whole folder." }
}
foreach ($group in $wanted.ServiceAccounts.Reads) { $null = Get-ADGroup -Identity $group }
$here = @($wanted.Servers | Where-Object { $_.Split('.')[0] -eq $env:COMPUTERNAME })
$elsewhere = @($wanted.Servers | Where-Object { $here -notcontains $_ })
foreach ($server in $elsewhere) { $null = Test-WSMan -ComputerName $server }
Write-Output "The domain has what the kit needs, and $($wanted.Servers.Count) servers are there."
if ($Check) { return }

foreach ($group in $wanted.Groups) {
    $name = $group.Name
    if (-not (Get-ADGroup -Filter 'SamAccountName -eq $name')) {
        if ($PSCmdlet.ShouldProcess($name, 'Make the group')) {
            New-ADGroup -Name $name -SamAccountName $name -GroupScope Global -GroupCategory Security -Description $group.Description
        }
    }
}

# A group has the member once. -Members takes an object.
function Add-Membership([string]$Group, $Member) {
    if (@((Get-ADGroupMember -Identity $Group).DistinguishedName) -notcontains $Member.DistinguishedName) {
        if ($PSCmdlet.ShouldProcess($Group, "Add the member $($Member.SamAccountName)")) { Add-ADGroupMember -Identity $Group -Members $Member }
    }
}

if (Test-Path -LiteralPath $passwords) {
    # No command gets a password as text: module logging would keep it.
    foreach ($line in [System.IO.File]::ReadAllLines($passwords)) {
        $name, $group, $text = $line -split "`t"
        $password = New-Object -TypeName System.Security.SecureString
        foreach ($character in $text.ToCharArray()) { $password.AppendChar($character) }
        if (-not $PSCmdlet.ShouldProcess($name, 'Make the account, or set its password')) { continue }
        if (Get-ADUser -Filter 'SamAccountName -eq $name') { Set-ADAccountPassword -Identity $name -Reset -NewPassword $password }
        else {
            New-ADUser -Name $name -SamAccountName $name -AccountPassword $password -Enabled $true -PasswordNeverExpires $true -CannotChangePassword $true -AccountNotDelegated $true -Description 'May call functions of fedroute'
        }
        Add-Membership $group (Get-ADUser -Identity $name)
    }
}

foreach ($account in $wanted.ServiceAccounts) {
    $name = $account.Name
    $may = @($account.Servers | ForEach-Object { $computers[$_].DistinguishedName })
    $found = Get-ADServiceAccount -Filter 'Name -eq $name' -Properties PrincipalsAllowedToRetrieveManagedPassword
    if (-not $found) {
        if ($PSCmdlet.ShouldProcess($name, 'Make the group managed service account')) {
            New-ADServiceAccount -Name $name -DNSHostName "$name.$($domain.DNSRoot)" -PrincipalsAllowedToRetrieveManagedPassword $may
        }
    }
    else {
        $lacks = @($may | Where-Object { $found.PrincipalsAllowedToRetrieveManagedPassword -notcontains $_ })
        if ($lacks.Count -gt 0) {
            if ($PSCmdlet.ShouldProcess($name, "Let $($lacks -join ' and ') use the group managed service account")) {
                Set-ADServiceAccount -Identity $name -PrincipalsAllowedToRetrieveManagedPassword (@($found.PrincipalsAllowedToRetrieveManagedPassword) + $lacks)
            }
        }
    }
    if ($WhatIfPreference) { continue }
    $found = Get-ADServiceAccount -Identity $name
    $changes = @($account.Changes | Where-Object { @((Get-ADGroupMember -Identity $_).DistinguishedName) -contains $found.DistinguishedName })
    if ($changes.Count -eq 0) { foreach ($group in $account.Reads) { Add-Membership $group $found } }
}

# Installing restarts WinRM, which ends the session that asked for it. So a task of each
# server's own installs the kit there. It lies where only administrators may write.
$prepare = {
    $place = Join-Path -Path $env:ProgramFiles -ChildPath 'FedRoute kit'
    if (Test-Path -LiteralPath $place) { Remove-Item -LiteralPath $place -Recurse -Force }
    $null = New-Item -Path $place -ItemType Directory
    $place
}
$begin = {
    param($Place)
    $program = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File `"$Place\Install-FedRoute.ps1`" -Unattended"
    $null = Register-ScheduledTask -TaskName 'FedRoute kit' -Action $program -User 'NT AUTHORITY\SYSTEM' -RunLevel Highest -Force
    Start-ScheduledTask -TaskName 'FedRoute kit'
}
$ask = {
    param($Place)
    $file = Join-Path -Path $Place -ChildPath 'outcome.txt'
    if (Test-Path -LiteralPath $file) { Get-Content -LiteralPath $file -Raw }
}
$clear = {
    param($Place)
    Unregister-ScheduledTask -TaskName 'FedRoute kit' -Confirm:$false
    Remove-Item -LiteralPath $Place -Recurse -Force
}
$failed = @()
foreach ($server in $elsewhere) {
    if (-not $PSCmdlet.ShouldProcess($server, 'Install the kit, which restarts WinRM there')) { continue }
    try {
        $session = New-PSSession -ComputerName $server
        $place = Invoke-Command -Session $session -ScriptBlock $prepare
        Copy-Item -Path (Join-Path -Path (Join-Path -Path $PSScriptRoot -ChildPath $server) -ChildPath '*') -Destination $place -Recurse -ToSession $session
        Invoke-Command -Session $session -ScriptBlock $begin -ArgumentList $place
        $outcome = $lost = ''
        for ($i = 0; $i -lt 60 -and -not $outcome; $i++) {
            if ($i -gt 0) { Start-Sleep -Seconds 3 }
            try { $outcome = "$(Invoke-Command -ComputerName $server -ScriptBlock $ask -ArgumentList $place)".Trim() } catch { $lost = $_ }
        }
        if (-not $outcome) { throw "it did not say within three minutes how the installation ended. $lost" }
        Invoke-Command -ComputerName $server -ScriptBlock $clear -ArgumentList $place
        if ($outcome -ne 'installed') { throw $outcome }
        Write-Output "${server}: installed."
    }
    catch {
        $failed += $server
        Write-Warning "${server}: not installed: $_"
    }
    finally { if ($session) { Remove-PSSession -Session $session -ErrorAction SilentlyContinue; $session = $null } }
}
foreach ($server in $here) {
    if ($PSCmdlet.ShouldProcess($server, 'Install the kit, which restarts WinRM here')) {
        & (Join-Path -Path (Join-Path -Path $PSScriptRoot -ChildPath $server) -ChildPath 'Install-FedRoute.ps1')
    }
}
if ($failed.Count -gt 0) { throw "The kit is not installed on $($failed -join ' and '). Remove the cause that is told above, and run this again." }
if ((Test-Path -LiteralPath $passwords) -and $PSCmdlet.ShouldProcess($passwords, 'Delete the file with passwords')) { Remove-Item -LiteralPath $passwords }
