# Read-EdgeCertificate: the certificate that one Edge machine shows partners
#
# Reads: the certificate that is assigned to the external Access Edge, and what the machine itself finds
#   when it builds the certificate's chain. Revocation is not asked for: an Edge server may not reach the list
# Changes: nothing
# Runs on: an Edge server, as a local account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsCertificate;
#   .NET Framework reference of X509Store, X509Chain and X509ChainStatusFlags
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

# The flags of a chain that is not whole. Partners see what this machine sees, unless they
# know an issuer that it does not know.
function Read-Chain([string]$Thumbprint) {
    $store = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Store -ArgumentList 'My', 'LocalMachine'
    $store.Open('ReadOnly')
    $certificate = $store.Certificates | Where-Object { $_.Thumbprint -eq $Thumbprint } | Microsoft.PowerShell.Utility\Select-Object -First 1
    $store.Close()
    if (-not $certificate) { return 'NotInStore' }
    $chain = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Chain -ArgumentList $true
    $chain.ChainPolicy.RevocationMode = 'NoCheck'
    if (-not $chain.Build($certificate)) { $chain.ChainStatus | ForEach-Object { [string]$_.Status } }
}

$assigned = Get-CsCertificate -Type AccessEdgeExternal | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $assigned) {
    return [pscustomobject]@{ Thumbprint = ''; Subject = ''; Names = @(); NotBefore = ''; NotAfter = ''; Chain = @(); ChainError = '' }
}

$chain = @()
$chainError = ''
try { $chain = @(Read-Chain ([string]$assigned.Thumbprint)) }
catch { $chainError = [string]$_.Exception.Message }

[pscustomobject]@{
    Thumbprint = [string]$assigned.Thumbprint
    Subject    = [string]$assigned.Subject
    Names      = @($assigned.AlternativeNames | ForEach-Object { [string]$_ })
    NotBefore  = ([datetime]$assigned.NotBefore).ToUniversalTime().ToString('o')
    NotAfter   = ([datetime]$assigned.NotAfter).ToUniversalTime().ToString('o')
    Chain      = $chain
    ChainError = $chainError
}
