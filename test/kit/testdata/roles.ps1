# Lists the functions that each role of a session configuration shows.
param([string]$Configuration, [string]$Readers, [string]$Operators)

foreach ($who in @(@('readers', $Readers), @('operators', $Operators), @('nobody', 'CONTOSO\Nobody'))) {
    $group = $who[1]
    $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateFromSessionConfigurationFile($Configuration, { param($name) $name -eq $group }.GetNewClosure())
    $runspace = [runspacefactory]::CreateRunspace($state)
    $runspace.Open()
    $shell = [powershell]::Create()
    $shell.Runspace = $runspace
    $names = @($shell.AddCommand('Get-Command').Invoke() | Where-Object { $_.CommandType -eq 'Function' -and $_.ModuleName -eq 'FedRoute' } | ForEach-Object { $_.Name } | Sort-Object)
    '{0}: {1}' -f $who[0], ($names -join ' ')
    $runspace.Dispose()
}
