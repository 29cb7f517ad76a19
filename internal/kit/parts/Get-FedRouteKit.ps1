# Get-FedRouteKit: which functions and names this kit has
[CmdletBinding()]
param()

# As whom the session acts, and who signed in. A SID is the same in every language.
$account = ''
$caller = ''
try { $account = [string][System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value } catch { $account = '' }
try { $caller = [string]$PSSenderInfo.UserInfo.WindowsIdentity.User.Value } catch { $caller = '' }

$limits = Read-Limits
[pscustomobject]@{
    Account   = $account
    Caller    = $caller
    Functions = @(foreach ($name in $operations.Keys | Sort-Object) {
            [pscustomobject]@{ Name = $name; Generation = $operations[$name].Generation }
        })
    Sites     = @($limits.Sites)
    Pools     = @($limits.Pools)
    Zones     = @($limits.Zones)
}
