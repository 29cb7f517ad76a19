# New-FedRouteRoles: makes the roles that may call the functions of FedRoute.ps1
#
# Each role belongs to the group of its name, which must be there before.

New-CsAdminRole -Identity FedRouteReader -Template CsViewOnlyAdministrator -Cmdlets 'Get-CsSite' -ScriptModules 'FedRoute.ps1:Get-FedRouteKit', 'FedRoute.ps1:Read-Topology', 'FedRoute.ps1:Read-TopologyDocument'
New-CsAdminRole -Identity FedRouteOperator -Template CsServerAdministrator -Cmdlets 'Get-CsSite' -ScriptModules 'FedRoute.ps1:Get-FedRouteKit', 'FedRoute.ps1:Invoke-PoolFailBack', 'FedRoute.ps1:Publish-FederationFlags', 'FedRoute.ps1:Read-EnablePermission', 'FedRoute.ps1:Read-Topology', 'FedRoute.ps1:Read-TopologyDocument', 'FedRoute.ps1:Restore-SimpleUrls', 'FedRoute.ps1:Set-EdgeAssociation', 'FedRoute.ps1:Set-NextHop', 'FedRoute.ps1:Set-SiteRoute'
