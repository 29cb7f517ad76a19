"""Runs command lines one after the other in one shell, as a user of pywinrm would.

Reads {"protocol": {...}, "asks": [...]} from standard input and prints the answers.
"""
import json
import sys
import time
from base64 import b64encode

import cryptography.hazmat.backends.openssl  # noqa: F401  makes MD4 available to NTLM
import xmltodict
from winrm.exceptions import WinRMOperationTimeoutError
from winrm.protocol import Protocol

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/"


def send(protocol, shell, command, text):
    """Standard input and its end; pywinrm itself has no call for it."""
    message = {"env:Envelope": protocol._get_soap_header(
        resource_uri=SHELL + "cmd", action=SHELL + "Send", shell_id=shell)}
    message["env:Envelope"]["env:Body"] = {"rsp:Send": {"rsp:Stream": {
        "@Name": "stdin", "@CommandId": command, "@End": "true", "#text": b64encode(text.encode()).decode()}}}
    protocol.send_message(xmltodict.unparse(message))


def output(protocol, shell, command, seconds):
    """What get_command_output gives, or nothing when the time is over."""
    end = time.monotonic() + seconds if seconds else None
    out, err, done = b"", b"", False
    while not done:
        if end and time.monotonic() > end:
            return {"GaveUp": True}
        try:
            more, errors, code, done = protocol._raw_get_command_output(shell, command)
        except WinRMOperationTimeoutError:
            continue
        out, err = out + more, err + errors
    return {"Out": out.decode(), "Err": err.decode(), "Code": code}


def run(protocol, shell, ask):
    command = protocol.run_command(shell, ask["Line"])
    try:
        if ask["Stdin"]:
            send(protocol, shell, command, ask["Stdin"])
        return output(protocol, shell, command, ask["Deadline"] / 1e9)
    finally:
        protocol.cleanup_command(shell, command)


def main():
    told = json.load(sys.stdin)
    protocol = Protocol(**told["protocol"])
    shell = protocol.open_shell(codepage=65001)
    try:
        answers = [run(protocol, shell, ask) for ask in told["asks"]]
    finally:
        protocol.close_shell(shell)
    json.dump(answers, sys.stdout)


main()
