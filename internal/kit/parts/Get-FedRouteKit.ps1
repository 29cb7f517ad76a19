# Get-FedRouteKit: which functions and names this kit has
[CmdletBinding()]
param()

$limits = Read-Limits
[pscustomobject]@{
    Functions = @(foreach ($name in $operations.Keys | Sort-Object) {
            [pscustomobject]@{ Name = $name; Generation = $operations[$name].Generation }
        })
    Sites     = @($limits.Sites)
    Pools     = @($limits.Pools)
    Zones     = @($limits.Zones)
}
