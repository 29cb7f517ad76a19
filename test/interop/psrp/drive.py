"""Drives one session of PowerShell Remoting with pypsrp, as users of the library do.

The input is JSON: server, port, tls, ca, user, password, configuration and calls. A call
has a script or a command with parameters, optionally further commands behind it in its
pipeline, and optionally input, or stop, which stops it when its first output has come. A
value {"clixml": ...} is sent as it is. The output is a JSON list with one object for each
call, or an object with the error that kept the session from opening.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree

from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan


def value(given):
    return ElementTree.fromstring(given["clixml"]) if isinstance(given, dict) and "clixml" in given else given


def call(pool, asked):
    shell = PowerShell(pool)
    for one in [asked] + asked.get("pipe", []):
        if "command" not in one:
            shell.add_script(one.get("script", ""))
        else:
            shell.add_cmdlet(one["command"])
            shell.add_parameters({name: value(v) for name, v in one.get("parameters", {}).items()})
    if asked.get("stop"):
        shell.begin_invoke()
        while not shell.output:
            shell.poll_invoke()
        shell.stop()
    else:
        shell.invoke(asked.get("input"))
    streams = shell.streams
    return {
        "output": [str(o) for o in shell.output],
        "errors": [e.fq_error if hasattr(e, "fq_error") else str(e) for e in streams.error],
        "warnings": [w.message for w in streams.warning],
        "verbose": [v.message for v in streams.verbose],
        "information": [str(i.message_data) for i in streams.information],
        "state": {PSInvocationState.COMPLETED: "completed", PSInvocationState.FAILED: "failed", PSInvocationState.STOPPED: "stopped"}[shell.state],
    }


def main():
    a = json.load(sys.stdin)
    connection = WSMan(a["server"], port=a["port"], ssl=a["tls"], username=a["user"], password=a["password"], auth=a["auth"], cert_validation=a["ca"])
    pool = RunspacePool(connection, configuration_name=a["configuration"])
    try:
        pool.open()
    except WSManFaultError as fault:
        print(json.dumps({"fault": fault.code}))
        return
    answers = []
    for asked in a["calls"]:
        if asked.get("disconnect"):
            pool.disconnect()
            pool.connect()
            continue
        answers.append(call(pool, asked))
    pool.close()
    print(json.dumps({"answers": answers, "protocol": pool.protocol_version}))


main()
