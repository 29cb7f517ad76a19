# Applies rules of restricted sessions with PowerShell's own parser.
$shadowing = 'Select-Object', 'Measure-Object', 'Out-Default', 'Get-Command', 'Get-Help', 'Get-FormatData', 'Exit-PSSession', 'Clear-Host', 'select', 'measure', 'gcm', 'exsn', 'exit', 'cls', 'clear'
foreach ($file in $args) {
    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
    foreach ($one in $errors) { "$($one.Extent.StartLineNumber): $($one.Message)" }
    $functions = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true)
    $own = @($functions | ForEach-Object { $_.Name })
    foreach ($call in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
        $name = $call.GetCommandName()
        if ($name -and $shadowing -contains $name -and $own -notcontains $name) {
            $in = $call
            while ($in -and $in -isnot [System.Management.Automation.Language.FunctionDefinitionAst]) { $in = $in.Parent }
            "$($in.Name): $name is shadowed"
        }
    }
    foreach ($function in $functions | Where-Object { $_.Parent.Parent.Parent -eq $null -and $_.Body.ParamBlock -and $_.Body.ParamBlock.Attributes.Count }) {
        if ($function.Body.Find({ $args[0] -is [System.Management.Automation.Language.VariableExpressionAst] -and $args[0].VariablePath.IsDriveQualified }, $true)) { "$($function.Name): it has a variable of a drive" }
        if ($function.Body.Find({ $args[0] -is [System.Management.Automation.Language.FileRedirectionAst] }, $true)) { "$($function.Name): it redirects into a file" }
    }
}
