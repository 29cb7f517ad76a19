# Read-EdgeServer: what one Edge machine says about itself
#
# Reads: its Lync services and their start modes, its TCP listeners, the topology in its local replica
# Changes: nothing
# Runs on: an Edge server, as a local account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsWindowsService, Get-CsTopology (LocalStore);
#   .NET Framework reference of IPGlobalProperties and ServiceController (StartType: since 4.6.1);
#   reference of Get-WmiObject and Win32_Service (StartMode)
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()

# Only the local store tells which topology this machine would set itself up by.
$local = [xml](Get-CsTopology -LocalStore -AsXml).ToString()

# Setup disables the services first and leaves them so when it fails. No cmdlet of
# the product tells; the service object does where .NET is new enough, WMI always.
function Read-StartMode([string[]]$Names) {
    $modes = @{}
    foreach ($service in Get-Service -Name $Names -ErrorAction SilentlyContinue) {
        if ($null -ne $service.StartType) { $modes[$service.Name] = [string]$service.StartType }
    }
    if ($modes.Count -eq 0) {
        foreach ($service in Get-WmiObject -Class Win32_Service -Property Name, StartMode) { $modes[$service.Name] = [string]$service.StartMode }
    }
    $modes
}

$services = @(Get-CsWindowsService -ExcludeActivityLevel)
$startModes = @{}
if ($services.Count -gt 0) { $startModes = Read-StartMode @($services | ForEach-Object { [string]$_.Name }) }

[pscustomobject]@{
    LocalSignature = $local.DocumentElement.GetAttribute('Signature')
    Listening      = @($network.GetActiveTcpListeners() | ForEach-Object { $_.ToString() })
    Services       = @($services | ForEach-Object {
            [pscustomobject]@{
                Name        = [string]$_.Name
                DisplayName = [string]$_.DisplayName
                State       = [string]$_.Status
                StartMode   = [string]$startModes[[string]$_.Name]
            }
        })
}
