@{
    RootModule        = 'FedRoute.psm1'
    ModuleVersion     = '1.0'
    GUID              = 'f25d54ca-82f6-1b28-0975-a8a7fb27d27c'
    PowerShellVersion = '5.1'
    Description       = 'The functions of fedroute; written by kubectl fedroute kit'
    FunctionsToExport = @('Get-FedRouteKit', 'Invoke-PoolFailBack', 'Publish-FederationFlags', 'Read-Topology', 'Read-TopologyDocument', 'Restore-SimpleUrls', 'Set-EdgeAssociation', 'Set-SiteRoute')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
