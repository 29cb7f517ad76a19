"""A WSMan endpoint that MIT Kerberos guards, for one test.

It signs connections in with the system's GSS-API, opens sealed messages and sends each
message back, sealed. It prints one line of JSON for each sign-in: who signed in, with which
flags (numbers of RFC 4121) and as whom another service sees the bearer of the ticket that was handed over.

Arguments, as JSON: keytab, service (name of this endpoint), other (name of another service,
with its keytab in otherKeytab), certificate and key (PEM files; without them it is plain
http), binding ("own", "wrong" or "none").
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

import gssapi
from gssapi.raw import IOV, ChannelBindings, IOVBufferType, wrap_iov

options = json.loads(sys.argv[1])
END = b"--Encrypted Boundary"
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False  # raise them at once


def name(service):
    return gssapi.Name(service, gssapi.NameType.kerberos_principal)


def acceptor(keytab, service):
    return gssapi.Credentials(usage="accept", name=name(service), store={"keytab": keytab})


def bindings():
    if not options.get("certificate") or options["binding"] == "none":
        return None
    with open(options["certificate"], encoding="ascii") as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    digest = hashlib.sha256(der if options["binding"] == "own" else der + b"x").digest()
    return ChannelBindings(application_data=b"tls-server-end-point:" + digest)


def bearer(context):
    """As whom another service sees the bearer of the ticket that was handed over."""
    if not context.delegated_creds:
        return None
    there = gssapi.SecurityContext(name=name(options["other"]), creds=context.delegated_creds, usage="initiate")
    other = gssapi.SecurityContext(creds=acceptor(options["otherKeytab"], options["other"]), usage="accept")
    other.step(there.step())
    return str(other.initiator_name)


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None  # of the connection

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", token=b"", kind="application/soap+xml;charset=UTF-8"):
        self.send_response(status)
        if token or status == 401:
            self.send_header("WWW-Authenticate", "Negotiate " + base64.b64encode(token).decode())
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        token, offer = b"", self.headers["Authorization"]
        if offer:
            self.context = gssapi.SecurityContext(
                creds=acceptor(options["keytab"], options["service"]), usage="accept", channel_bindings=bindings())
            try:
                token = self.context.step(base64.b64decode(offer.split()[1])) or b""
            except gssapi.exceptions.GSSError as error:
                self.context = None
                print(json.dumps({"refused": type(error).__name__}), flush=True)
                return self.answer(401)
            flags = int(self.context.actual_flags)
            print(json.dumps({"user": str(self.context.initiator_name), "flags": flags, "bearer": bearer(self.context)}), flush=True)
        if self.context is None:
            return self.answer(401)
        if not body:
            return self.answer(200, token=token)
        if not self.headers["Content-Type"].startswith("multipart/encrypted"):
            return self.answer(200, body, token)
        return self.answer(200, self.seal(self.unseal(body)), kind=self.headers["Content-Type"])

    def unseal(self, body):
        part = body.split(b"application/octet-stream\r\n", 1)[1]
        part = part[: part.rindex(END)]
        (size,) = struct.unpack("<I", part[:4])
        assert 0 < size < len(part)
        opened = self.context.unwrap(part[4:])
        assert opened.encrypted
        return opened.message

    def seal(self, message):
        iov = IOV(IOVBufferType.header, message, std_layout=False)
        assert wrap_iov(self.context, iov)
        signature, sealed = iov[0].value, iov[1].value
        head = (
            "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
            "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n"
            "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" % len(message)
        )
        return head.encode() + struct.pack("<I", len(signature)) + signature + sealed + END + b"--\r\n"


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
