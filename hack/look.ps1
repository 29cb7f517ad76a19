# What an administrator of the simulated organization sees, asked with the cmdlets that
# a real one would use. "make look" runs it before anything else is built.
'An organization with two Edge pools. Federation goes through one of them:'
'Get-CsSite'
foreach ($site in Get-CsSite) {
    "  site $($site.DisplayName): SIP federation through $($site.FederationRoute), XMPP through $($site.XmppFederationRoute)"
}
'Get-CsService -EdgeServer'
foreach ($edge in Get-CsService -EdgeServer) {
    $ports = @($edge.AccessEdgeExternalSipPort, $edge.XmppListeningPort | Where-Object { $_ })
    $federation = 'not for federation'
    if ($ports) { $federation = "federation on $($ports -join ' and ')" }
    "  pool $($edge.PoolFqdn), known outside as $($edge.AccessEdgeExternalFqdn): $federation"
}
'Get-CsService -Registrar'
foreach ($registrar in Get-CsService -Registrar) {
    "  Front End pool $($registrar.PoolFqdn) reaches the outside through $($registrar.EdgeServer)"
}
'When edge1 dies, somebody follows a five-part procedure. With fedroute it is one line.'
