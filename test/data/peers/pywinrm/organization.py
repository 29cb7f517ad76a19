"""The machines of an organization, each with one session and one shell that its commands share."""
import json
import re
import socket
import subprocess
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cryptography.hazmat.backends.openssl  # noqa: F401  makes MD4 available to NTLM
from winrm.protocol import Protocol

SCRIPTS = Path(__file__).parent.parent / "scripts"


class Machine:
    """One WinRM session; keep-alive and the shell are reused until close."""

    def __init__(self, host):
        self.protocol = Protocol(
            endpoint="https://%s:%s/wsman" % (host["ansible_host"], host["ansible_port"]),
            transport=host["ansible_winrm_transport"],
            username=host["ansible_user"],
            password=host["ansible_password"],
            ca_trust_path=host["ansible_winrm_ca_trust_path"],
            operation_timeout_sec=int(host["ansible_winrm_operation_timeout_sec"]),
            read_timeout_sec=int(host["ansible_winrm_read_timeout_sec"]),
        )
        self.shell = self.protocol.open_shell(codepage=65001)

    def run(self, name, **variables):
        """Run a script of the folder scripts with variables before it; give what it printed."""
        head = "".join("$%s = '%s'; " % pair for pair in variables.items())
        text = head + (SCRIPTS / name).read_text()
        encoded = b64encode(text.encode("utf-16-le")).decode("ascii")
        command = self.protocol.run_command(
            self.shell, "powershell", ["-NoProfile", "-NonInteractive", "-EncodedCommand", encoded]
        )
        out, errors, code = self.protocol.get_command_output(self.shell, command)
        self.protocol.cleanup_command(self.shell, command)
        if code != 0:
            raise SystemExit("%s ended with exit code %d: %s" % (name, code, errors.decode()))
        return out.decode().strip()

    def close(self):
        self.protocol.close_shell(self.shell)


class Organization:
    """What the two files say that Ansible gets, too: its inventory and its variables."""

    def __init__(self, inventory, variables):
        groups = json.loads(Path(inventory).read_text())
        self.hosts = {**groups["management"]["hosts"], **groups["edge"]["hosts"]}
        self.wanted = json.loads(Path(variables).read_text())

    @property
    def pool(self):
        return self.wanted["pools"][self.wanted["edge_pool"]]

    def look(self, name):
        """One machine's own check."""
        machine = Machine(self.hosts[name])
        try:
            return json.loads(machine.run(Path(self.hosts[name]["check"]).name))
        finally:
            machine.close()

    def records(self):
        w = self.wanted
        return subprocess.run(
            ["dig", "@" + w["dns_host"], "-p", str(w["dns_port"]), "+tcp", "+norec", "+noall", "+answer", w["dns_name"], "A",
             "_sipfederationtls._tcp." + w["dns_domain"], "SRV", "_xmpp-server._tcp." + w["dns_domain"], "SRV"],
            check=True, capture_output=True, text=True).stdout

    def port_answers(self, port):
        try:
            socket.create_connection((self.pool["address"], port), timeout=5).close()
        except OSError:
            return False
        return True

    def look_everywhere(self):
        """All machines, the DNS server and the ports, at the same time."""
        with ThreadPoolExecutor(max_workers=10) as pool:
            machines = {name: pool.submit(self.look, name) for name in self.hosts}
            records = pool.submit(self.records)
            ports = {port: pool.submit(self.port_answers, port) for port in (5061, 5269)}
            return ({n: f.result() for n, f in machines.items()}, records.result(),
                    {p: f.result() for p, f in ports.items()})

    def matches(self, pattern, text):
        return re.search(pattern, text, re.MULTILINE) is not None
