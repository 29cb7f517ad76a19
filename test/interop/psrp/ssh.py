"""Stands in place of ssh for PowerShell's own client, which speaks out of process (one XML
element a line on standard input and output), and takes it to a host over WSMan.

LYNCSIM holds JSON: server, port, ca, user, password and configuration.
"""
import base64
import json
import os
import queue
import re
import sys
import threading
import uuid
import xml.etree.ElementTree as ElementTree

from pypsrp.exceptions import WinRMError, WSManFaultError
from pypsrp.shell import CommandState, WinRS
from pypsrp.wsman import OptionSet, WSMan

POOL = uuid.UUID(int=0)
NOTHING_YET = 2150858793
told = threading.Lock()


def tell(line):
    with told:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Bridge:
    def __init__(self, at):
        self.at = at
        self.pool = None
        self.shell = None  # on the connection that carries what the client sends
        self.begun = set()
        self.awaited = queue.Queue()

    def connect(self):
        at = self.at
        wsman = WSMan(at["server"], port=at["port"], username=at["user"], password=at["password"], auth="ntlm", cert_validation=at["ca"])
        resource = "http://schemas.microsoft.com/powershell/" + at["configuration"]
        shell = WinRS(wsman, resource_uri=resource, id=self.pool, input_streams="stdin pr", output_streams="stdout")
        if self.shell is not None:
            shell._selector_set = self.shell._selector_set
        return shell

    def run(self):
        for line in sys.stdin:
            line = line.strip()
            if not line:
                return
            for element in re.findall(r"<[^<]*?/>|<[^<]*>[^<]*</[^<]*>", line):
                e = ElementTree.fromstring(element)
                if self.act(e.tag, uuid.UUID(e.get("PSGuid")), e):
                    return

    def act(self, tag, name, element):
        if tag == "Data":
            self.data(name, base64.b64decode(element.text), element.get("Stream"))
        elif tag == "Signal":
            self.shell.signal("powershell/signal/crtl_c", str(name).upper())
        elif tag == "Close" and name == POOL:
            self.shell.close()
        elif tag == "Close":
            self.shell.signal("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate", str(name).upper())
        tell(f"<{tag}Ack PSGuid='{name}' />")
        return tag == "Close" and name == POOL

    def data(self, name, octets, stream):
        if self.shell is None:
            self.open(octets)
        elif name != POOL and name not in self.begun:
            self.begun.add(name)
            self.shell.command("", arguments=[base64.b64encode(octets).decode()], command_id=str(name).upper())
            self.awaited.put(name)
        else:
            command = None if name == POOL else str(name).upper()
            self.shell.send("pr" if stream == "PromptResponse" else "stdin", octets, command_id=command)

    def open(self, octets):
        # The first message's header has the pool's id behind the fragment's 21 octets.
        self.pool = str(uuid.UUID(bytes_le=octets[29:45])).upper()
        opening = ElementTree.Element("creationXml", xmlns="http://schemas.microsoft.com/powershell")
        opening.text = base64.b64encode(octets).decode()
        options = OptionSet()
        options.add_option("protocolversion", "2.3", {"MustComply": "true"})
        self.shell = self.connect()
        self.shell.open(options, opening)
        self.pool = self.shell.id
        threading.Thread(target=self.receive, args=(self.connect(), POOL), daemon=True).start()
        for _ in range(2):
            threading.Thread(target=self.follow, args=(self.connect(),), daemon=True).start()

    def follow(self, shell):
        """Receives the output of one pipeline after the other."""
        while True:
            self.receive(shell, self.awaited.get())

    def receive(self, shell, name):
        while True:
            try:
                state, _, output = shell.receive("stdout", command_id=None if name == POOL else str(name).upper())
            except WSManFaultError as fault:
                if fault.code == NOTHING_YET:
                    continue
                return  # of a pipeline that the client has closed
            except WinRMError:
                return
            if output["stdout"]:
                tell(f"<Data Stream='Default' PSGuid='{name}'>{base64.b64encode(output['stdout']).decode()}</Data>")
            if state == CommandState.DONE:
                return


Bridge(json.loads(os.environ["LYNCSIM"])).run()
