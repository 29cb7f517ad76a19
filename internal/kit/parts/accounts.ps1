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
