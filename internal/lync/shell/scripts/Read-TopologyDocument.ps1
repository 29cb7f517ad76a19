# Read-TopologyDocument: the whole published topology document
#
# It is asked for only while a machine is up to date with another document than the
# published one, to tell whose publish was never enabled.
#
# Reads: the topology document
# Changes: nothing
# Runs on: a management server, as a domain account
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Source: cmdlet reference of Get-CsTopology (ToString as in the examples of Publish-CsTopology)
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

$document = [xml](Get-CsTopology -AsXml).ToString()

[pscustomobject]@{
    Signature = $document.DocumentElement.GetAttribute('Signature')
    Document  = $document.DocumentElement.OuterXml
}
