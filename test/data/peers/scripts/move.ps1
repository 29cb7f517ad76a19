# Moves both federation boxes and both routes of $Site from $From to $To; prints the time of the last change.
$ErrorActionPreference = 'Stop'
$topology = [xml](Get-CsTopology -AsXml).ToString()
function Find-Ports($Pool) {
    $cluster = $topology.Topology.Clusters.Cluster | Where-Object { $_.GetAttribute('Fqdn') -eq $Pool }
    ($topology.Topology.Services.Service | Where-Object {
        $_.ServiceId.RoleName -eq 'EdgeServer' -and $_.InstalledOn.ClusterId.SiteId -eq $cluster.ClusterId.SiteId -and
        $_.InstalledOn.ClusterId.Number -eq $cluster.ClusterId.Number
    }).Ports
}
$old = Find-Ports $From
$new = Find-Ports $To
$access = $new.Port | Where-Object { $_.Owner -eq 'urn:component:AccessEdge' -and $_.Usage -eq 'SipClient' -and $_.InterfaceSide -eq 'External' }
$boxes = @($old.Port | Where-Object { $_.Owner -eq 'urn:component:XmppFederationProxy' -or
        ($_.Owner -eq 'urn:component:AccessEdge' -and $_.Usage -eq 'SipServer' -and $_.InterfaceSide -eq 'External') })
foreach ($port in $boxes) {
    $null = $old.RemoveChild($port)
    if ($port.GetAttribute('ConfiguredFqdn')) { $port.SetAttribute('ConfiguredFqdn', $access.GetAttribute('ConfiguredFqdn')) }
    $null = $new.AppendChild($port)
}
$file = Join-Path -Path $env:TEMP -ChildPath 'federation.xml'
$topology.Save($file)
# Publishing may empty the simple URLs.
$urls = @(Get-CsSimpleUrlConfiguration)
Publish-CsTopology -FileName $file -Force -Confirm:$false
foreach ($u in $urls) { Set-CsSimpleUrlConfiguration -Identity $u.Identity -SimpleUrl @{ Replace = $u.SimpleUrl } -Force -Confirm:$false }
$null = Enable-CsTopology -Confirm:$false
Set-CsSite -Identity $Site -FederationRoute "EdgeServer:$To" -XmppFederationRoute "EdgeServer:$To" -Force -Confirm:$false
[datetime]::UtcNow.ToString('o')
