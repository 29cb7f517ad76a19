# What an administrator of the simulated organization sees, asked with the cmdlets that
# a real one would use. "make look" runs it before anything else is built.
'An organization with two Edge pools. One hosts federation:'
'Get-CsSite'
foreach ($site in Get-CsSite) {
    "  site $($site.DisplayName)"
    "    SIP federation through $($site.FederationRoute)"
    "    XMPP federation through $($site.XmppFederationRoute)"
}
'Get-CsService -EdgeServer'
foreach ($edge in Get-CsService -EdgeServer) {
    $ports = @($edge.AccessEdgeExternalSipPort, $edge.XmppListeningPort | Where-Object { $_ })
    $federation = 'not for federation'
    if ($ports) { $federation = "federation on $($ports -join ' and ')" }
    "  pool $($edge.PoolFqdn): $federation"
    "    known outside as $($edge.AccessEdgeExternalFqdn)"
}
'Get-CsService -Registrar'
foreach ($registrar in Get-CsService -Registrar) {
    "  pool $($registrar.PoolFqdn)"
    "    outside through $($registrar.EdgeServer)"
}
'When edge1 dies, somebody follows a five-part procedure.'
'With fedroute it is one line.'
