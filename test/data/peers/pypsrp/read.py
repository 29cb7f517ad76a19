"""Reads the topology by the endpoint kit, once over a new connection and then again and again.

The input is one line of JSON: server, port, ca, user, password, configuration and calls.
A line goes out after the first call and another one after the last; a line that comes in
between starts the calls after the first.
"""
import json
import sys

from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan


def read(pool):
    shell = PowerShell(pool)
    shell.add_cmdlet("Read-Topology")
    answer = json.loads(shell.invoke()[0])
    assert answer["Result"]["Signature"], answer


a = json.loads(sys.stdin.readline())
connection = WSMan(a["server"], port=a["port"], username=a["user"], password=a["password"], auth="ntlm", cert_validation=a["ca"])
with RunspacePool(connection, configuration_name=a["configuration"]) as pool:
    read(pool)
    print("first", flush=True)
    sys.stdin.readline()
    for _ in range(a["calls"]):
        read(pool)
    print("all", flush=True)
