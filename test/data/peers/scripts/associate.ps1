# Ties the Front End pool to the Edge pool $To, all three links.
$ErrorActionPreference = 'Stop'
Set-CsRegistrar -Identity "Registrar:$FrontEnd" -EdgeServer "EdgeServer:$To" -Force -Confirm:$false
Set-CsConferenceServer -Identity "ConferencingServer:$FrontEnd" -EdgeServer "EdgeServer:$To" -Force -Confirm:$false
Set-CsMediationServer -Identity "MediationServer:$FrontEnd" -EdgeServer "EdgeServer:$To" -Force -Confirm:$false
