@{ RootModule = 'Demo.psm1'; ModuleVersion = '1.2'; FunctionsToExport = 'Get-SiteNames', 'Get-Values', 'Set-Value' }
