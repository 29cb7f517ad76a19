$prefix = 'value'
function Get-Private { "private $($args.Count)" }
function Get-SiteNames {
    [CmdletBinding()] param()
    Import-Module Lync
    (Get-CsSite | Microsoft.PowerShell.Utility\Select-Object -First 1).Identity
}
function Get-Values {
    [CmdletBinding(PositionalBinding = $false)]
    param([ValidatePattern('\A[a-z]{1,20}\z', Options = 'None')][string]$Name, [string[]]$More)
    $inside = & { $env:COMPUTERNAME }
    $limits = ConvertFrom-Json -InputObject (Get-Content -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'limits.json') -Raw)
    "$prefix $Name [$($More -join '|')] [$env:COMPUTERNAME] [$inside] $($limits.zones) $(Get-Private 1 2)"
}
function Set-Value {
    [CmdletBinding()] param([string]$Kind)
    switch ($Kind) {
        'soft'    { Write-Error -Message 'soft' -ErrorId 'Demo.Soft' -Category InvalidData -TargetObject 't'; 'after' }
        'throw'   { throw 'thrown' }
        'first'   { 1, 2 | Select-Object -First 1 }
        'file'    { Write-Output x > $null }
        'streams' { Write-Warning 'careful'; Write-Verbose 'told' -Verbose; Write-Host 'to the host'; 'out' }
        'unknown' { Get-CsSite }
        'command' { (Get-Command -Name Get-Private).Name }
        'sender'  { "$($PSSenderInfo.ConnectedUser) as $($PSSenderInfo.RunAsUser)" }
    }
}
