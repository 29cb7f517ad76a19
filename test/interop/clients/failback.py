#!/usr/bin/python3
"""Moves federation to another Edge pool and back, step by step, as Microsoft's
procedures for Lync Server 2013 say.

    failback.py organization.json failover
    failback.py organization.json failback
"""
import json
import socket
import subprocess
import sys
import time
from base64 import b64encode

import cryptography.hazmat.backends.openssl  # noqa: F401  makes MD4 available to NTLM
import winrm

# What Topology Builder does when somebody clears the two federation boxes of one
# Edge pool and ticks them for another. Publishing loses the simple URLs.
MOVE_BOXES = r"""
$ErrorActionPreference = 'Stop'
$x = [xml](Get-CsTopology -AsXml).ToString()
function Get-EdgePorts($Pool) {
    $id = ($x.Topology.Clusters.Cluster | ? { $_.Fqdn -eq $Pool }).ClusterId
    ($x.Topology.Services.Service | ? { $_.ServiceId.RoleName -eq 'EdgeServer' -and
        $_.InstalledOn.ClusterId.SiteId -eq $id.SiteId -and $_.InstalledOn.ClusterId.Number -eq $id.Number }).Ports
}
$old = Get-EdgePorts '%(old)s'
$new = Get-EdgePorts '%(new)s'
$name = ($new.Port | ? { $_.Usage -eq 'SipClient' -and $_.InterfaceSide -eq 'External' }).ConfiguredFqdn
$boxes = @($old.Port | ? { $_.Owner -like '*:XmppFederationProxy' -or ($_.Owner -like '*:AccessEdge' -and
    $_.Usage -eq 'SipServer' -and $_.InterfaceSide -eq 'External') })
foreach ($port in $boxes) {
    $copy = $port.Clone()
    if ($port.ConfiguredFqdn) { $copy.SetAttribute('ConfiguredFqdn', $name) }
    [void]$new.AppendChild($copy)
    [void]$old.RemoveChild($port)
}
$urls = Get-CsSimpleUrlConfiguration
$x.Save("$env:TEMP\topology.xml")
Publish-CsTopology -FileName "$env:TEMP\topology.xml" -Force -Confirm:$false
$urls | %% { Set-CsSimpleUrlConfiguration -Identity $_.Identity -SimpleUrl @{Replace = $_.SimpleUrl} -Force -Confirm:$false }
Enable-CsTopology -Force -Confirm:$false
"""


class Machine:
    def __init__(self, host):
        self.name = host["name"]
        self.protocol = winrm.Protocol(
            endpoint=host["url"], transport=host["transport"], username=host["user"],
            password=host["password"], ca_trust_path=host["ca"])
        self.shell = self.protocol.open_shell(codepage=65001)

    def run(self, line):
        """A line of cmd.exe."""
        command = self.protocol.run_command(self.shell, line)
        out, errors, code = self.protocol.get_command_output(self.shell, command)
        self.protocol.cleanup_command(self.shell, command)
        if code != 0:
            sys.exit("%s: %s: exit code %d: %s" % (self.name, line[:80], code, errors.decode()))
        return out.decode().strip()

    def powershell(self, one_liner):
        return self.run('powershell -NoProfile -Command "%s"' % one_liner)

    def script(self, text):
        return self.run("powershell -NoProfile -EncodedCommand " + b64encode(text.encode("utf-16-le")).decode())


def say(step):
    print("==", step, flush=True)


def wait_for(what, ready):
    for _ in range(600):
        if ready():
            return
        time.sleep(0.1)
    sys.exit("gave up waiting for " + what)


def published(management):
    return management.powershell("([xml](Get-CsTopology -AsXml).ToString()).Topology.Signature")


def has_topology(edge, signature):
    return edge.powershell("([xml](Get-CsTopology -LocalStore -AsXml).ToString()).Topology.Signature") == signature


def port_open(address, port):
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError:
        return False
    return True


def nsupdate(o, lines):
    server, port = o["dns"]["server"].split(":")
    text = "\n".join(["server %s %s" % (server, port), "zone " + o["domain"]] + lines + ["send", ""])
    subprocess.run(["nsupdate", "-v", "-k", o["dns"]["keyFile"]], input=text, text=True, check=True)


def set_up(edge):
    """The deployment wizard's "set up or remove components", run again."""
    edge.run(r'"%ProgramFiles%\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe"')


def publish_names(o, address):
    """The host's A record, then the SRV records, unless they are there."""
    host = o["host"]
    nsupdate(o, ["update delete %s A" % host, "update add %s %d A %s" % (host, o["ttl"], address)])
    for name, port in (("_sipfederationtls._tcp", 5061), ("_xmpp-server._tcp", 5269)):
        owner = "%s.%s" % (name, o["domain"])
        nsupdate(o, ["update delete %s SRV" % owner, "update add %s %d SRV 0 0 %d %s" % (owner, o["ttl"], port, host)])


def move(o, old, new, stop_first):
    management, edge = Machine(o["management"]), Machine(o["edge"][new])
    address = o["edge"][new]["publicAddress"]

    if not stop_first:
        say("start the Edge services of the restored pool")
        edge.powershell("Start-CsWindowsService")

    say("SIP: move the boxes, publish, enable")
    management.script(MOVE_BOXES % {"old": old, "new": new})
    management.powershell("Set-CsSite -Identity %s -FederationRoute EdgeServer:%s" % (o["site"], new))

    say("SIP: run setup on the Edge server")
    signature = published(management)
    wait_for("replication", lambda: has_topology(edge, signature))
    set_up(edge)

    say("XMPP: move the site's route")
    if stop_first:
        edge.powershell("Stop-CsWindowsService")
    management.powershell("Set-CsSite -Identity %s -%s EdgeServer:%s" % (o["site"], o["xmppParameter"], new))
    edge.powershell("Start-CsWindowsService")

    say("check the ports")
    for port in (5061, 5269):
        wait_for("port %d" % port, lambda: port_open(address, port))
    if ":5269" not in edge.powershell("netstat -an"):
        sys.exit("nobody listens on port 5269 of " + new)

    say("point partners to the pool")
    publish_names(o, address)

    say("associate the Front End pool with the Edge pool")
    for cmdlet, service in (("Registrar", "Registrar"), ("ConferenceServer", "ConferencingServer"), ("MediationServer", "MediationServer")):
        management.powershell("Set-Cs%s -Identity %s:%s -EdgeServer EdgeServer:%s" % (cmdlet, service, o["frontEnd"], new))


def fail_back_users(o):
    say("bring the users back")
    Machine(o["management"]).powershell("Invoke-CsPoolFailBack -PoolFqdn %s -Force -Confirm:$false" % o["frontEnd"])


def main():
    with open(sys.argv[1]) as f:
        o = json.load(f)
    if sys.argv[2] == "failover":
        move(o, o["primary"], o["reserve"], stop_first=True)
    else:
        move(o, o["reserve"], o["primary"], stop_first=False)
        fail_back_users(o)


main()
