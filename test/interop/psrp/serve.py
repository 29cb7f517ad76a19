"""Is the server's side of PowerShell Remoting with psrpcore, out of process: one XML
element a line on standard input and output.

It knows three commands: Echo gives its parameter Value back, Fail writes an error record,
and Wait runs until it is stopped.
"""
import base64
import sys
import uuid
import xml.etree.ElementTree as ElementTree

from psrpcore import CreatePipelineEvent, PSRPPayload, ServerPipeline, ServerRunspacePool, StreamType
from psrpcore.types import ErrorCategory, ErrorCategoryInfo, NETException

POOL = uuid.UUID(int=0)


def tell(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Server:
    def __init__(self):
        self.pool = ServerRunspacePool()

    def flush(self):
        while True:
            payload = self.pool.data_to_send(32768)
            if not payload:
                return
            name = payload.pipeline_id or POOL
            data = base64.b64encode(payload.data).decode()
            tell(f"<Data Stream='Default' PSGuid='{name}'>{data}</Data>")

    def data(self, name, element):
        pipeline = None if name == POOL else name
        self.pool.receive_data(PSRPPayload(base64.b64decode(element.text), StreamType.default, pipeline))
        started = []
        while True:
            event = self.pool.next_event()
            if event is None:
                break
            if isinstance(event, CreatePipelineEvent):
                started.append(event)
        if pipeline is None:
            self.flush()
        tell(f"<DataAck PSGuid='{name}' />")
        for event in started:
            self.run(self.pool.pipeline_table[event.pipeline_id])

    def run(self, pipeline):
        command = pipeline.metadata.commands[0]
        parameters = {p.name if hasattr(p, "name") else p[0]: p.value if hasattr(p, "value") else p[1] for p in command.parameters}
        pipeline.start()
        if command.command_text == "Wait":
            pipeline.write_output("started")
        else:
            if command.command_text == "Echo":
                pipeline.write_output(parameters["Value"])
            else:
                pipeline.write_error(
                    NETException("broken"), ErrorCategoryInfo(Category=ErrorCategory.InvalidData),
                    fully_qualified_error_id="Demo.Soft,Fail", target_object="t")
                pipeline.write_warning("careful")
            pipeline.complete()
        self.flush()

    def signal(self, name, _):
        self.pool.pipeline_table[name].stop()
        self.flush()
        tell(f"<SignalAck PSGuid='{name}' />")

    def close(self, name, _):
        if name == POOL:
            self.pool.close()
        elif name in self.pool.pipeline_table:
            self.pool.pipeline_table[name].close()
        self.flush()
        tell(f"<CloseAck PSGuid='{name}' />")

    def command(self, name, _):
        ServerPipeline(self.pool, name)
        tell(f"<CommandAck PSGuid='{name}' />")


def main():
    server = Server()
    for line in sys.stdin:
        element = ElementTree.fromstring(line)
        getattr(server, element.tag.lower())(uuid.UUID(element.get("PSGuid")), element)


main()
