# Lists the functions that each role of session configurations shows. The arguments are, for
# each machine, the folder of its kit, the group of readers and that of operators.
$modules = $env:PSModulePath
for ($i = 0; $i -lt $args.Count; $i += 3) {
    $folder, $readers, $operators = $args[$i..($i + 2)]
    $env:PSModulePath = $folder + ':' + $modules
    foreach ($who in @(@('readers', $readers), @('operators', $operators), @('nobody', 'CONTOSO\Nobody'))) {
        $group = $who[1]
        $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateFromSessionConfigurationFile("$folder/FedRoute.pssc", { param($name) $name -eq $group }.GetNewClosure())
        $runspace = [runspacefactory]::CreateRunspace($state)
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        $names = @($shell.AddCommand('Get-Command').Invoke() | Where-Object { $_.CommandType -eq 'Function' -and $_.ModuleName -eq 'FedRoute' } | ForEach-Object { $_.Name } | Sort-Object)
        '{0}: {1}' -f $who[0], ($names -join ' ')
        $runspace.Dispose()
    }
}
