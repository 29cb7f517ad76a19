"""A WSMan endpoint that pyspnego guards by NTLM, for one test.

It signs connections in, opens sealed messages and sends each message back, sealed. It
prints its port, and one line of JSON for each sign-in. The accounts are in the file that
NTLM_USER_FILE names. The argument is JSON: certificate and key (PEM files; without them it
is plain http) and binding ("own" or "wrong").
"""

import base64
import hashlib
import json
import os
import ssl
import struct
import sys
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer

import spnego
from spnego.channel_bindings import GssChannelBindings

options = json.loads(sys.argv[1])
END = b"--Encrypted Boundary"


def bindings():
    if not options.get("certificate"):
        return None
    with open(options["certificate"], encoding="ascii") as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    digest = hashlib.sha256(der if options["binding"] == "own" else der + b"x").digest()
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest)


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None  # of the connection

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", token=None, kind="application/soap+xml;charset=UTF-8"):
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", "Negotiate " + base64.b64encode(token or b"").decode())
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        offer = self.headers["Authorization"]
        if offer:
            if self.context is None or self.context.complete:
                self.context = spnego.server(protocol="ntlm", channel_bindings=bindings())
            try:
                token = self.context.step(base64.b64decode(offer.split()[1]))
            except spnego.exceptions.SpnegoError as error:
                self.context = None
                print(json.dumps({"refused": type(error).__name__}), flush=True)
                return self.answer(401)
            if not self.context.complete:
                return self.answer(401, token=token)
            print(json.dumps({"user": self.context.client_principal}), flush=True)
        if self.context is None or not self.context.complete:
            return self.answer(401)
        if not body:
            return self.answer(200)
        if not self.headers["Content-Type"].startswith("multipart/encrypted"):
            return self.answer(200, body)
        part = body.split(b"application/octet-stream\r\n", 1)[1]
        part = part[: part.rindex(END)]
        (size,) = struct.unpack("<I", part[:4])
        plain = self.context.unwrap_winrm(part[4 : 4 + size], part[4 + size :])
        wrapped = self.context.wrap_winrm(plain)
        head = (
            "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
            "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n"
            "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" % len(plain)
        )
        sealed = struct.pack("<I", len(wrapped.header)) + wrapped.header + wrapped.data
        return self.answer(200, head.encode() + sealed + END + b"--\r\n", kind=self.headers["Content-Type"])


class Server(HTTPServer):
    def handle_error(self, *_):
        traceback.print_exc()
        os._exit(1)  # the test sees that the endpoint ended


server = Server(("127.0.0.1", 0), Endpoint)
if options.get("certificate"):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options["certificate"], options["key"])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
