# Set-SiteRoute: points a central site's SIP or XMPP federation route at an Edge pool
#
# Reads: the site after the change
# Changes: FederationRoute or XmppFederationRoute of the one site
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Optional: Set-CsSite -XmppFederationRoute
# Source: cmdlet reference of Set-CsSite; "Failing over the Edge pool used for XMPP federation",
#   whose parameter XmppExternalFederationRoute the reference does not have
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Site,
    [Parameter(Mandatory = $true)][ValidateSet('SIP', 'XMPP')][string]$Protocol,
    [Parameter(Mandatory = $true)][string]$EdgePool
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$properties = @('FederationRoute')
if ($Protocol -eq 'XMPP') { $properties = @('XmppFederationRoute', 'XmppExternalFederationRoute') }

# Ask the server which parameter it has; Lync Server 2010 has none for XMPP.
$known = (Microsoft.PowerShell.Core\Get-Command -Name Set-CsSite).Parameters
$parameter = $properties | Where-Object { $known.ContainsKey($_) } | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $parameter) { Write-Error -ErrorId 'fedroute.Unsupported' -Category NotImplemented -Message "Set-CsSite has no parameter for the $Protocol federation route here" }

# Service identities are per pool, so the route names the pool, never a member.
$change = @{ Identity = $Site; Force = $true; Confirm = $false }
$change[$parameter] = 'EdgeServer:' + $EdgePool
$null = Set-CsSite @change

$after = Get-CsSite | Where-Object { [string]$_.Identity -eq "Site:$Site" -or [string]$_.Identity -eq $Site }
$route = $properties | ForEach-Object { [string]$after.$_ } | Where-Object { $_ } | Microsoft.PowerShell.Utility\Select-Object -First 1
[pscustomobject]@{ Route = [string]$route }
