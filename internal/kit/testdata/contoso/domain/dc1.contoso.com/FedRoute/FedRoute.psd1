@{
    RootModule        = 'FedRoute.psm1'
    ModuleVersion     = '2.0'
    GUID              = '6eba6e1f-ca15-6931-e90c-bc134ffb3ecc'
    PowerShellVersion = '5.1'
    Description       = 'The functions of fedroute; written by kubectl fedroute kit'
    FunctionsToExport = @('Get-FedRouteKit', 'Set-DnsRecords')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
