# What an Edge server says about itself, as JSON.
$ErrorActionPreference = 'Stop'
$network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
$local = [xml](Get-CsTopology -LocalStore -AsXml).ToString()
@{
    Signature = $local.DocumentElement.GetAttribute('Signature')
    Listening = @($network.GetActiveTcpListeners() | ForEach-Object { $_.ToString() })
    Stopped   = @(Get-CsWindowsService -ExcludeActivityLevel | Where-Object { [string]$_.Status -ne 'Running' } | ForEach-Object { $_.Name })
} | ConvertTo-Json -Depth 4 -Compress
