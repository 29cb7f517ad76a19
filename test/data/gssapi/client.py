"""A WSMan client that signs in and seals with the system's GSS-API (MIT), for one test.

It opens a shell, runs one command in it, and prints a line of JSON: the HTTP status of each
message, and whether each answer held what it should. Where the sign-in fails, the only status
is that of the refusal.

Arguments, as JSON: address (host:port), user and password, service (the principal of the
endpoint), mechanism ("spnego" or "krb5"), delegate (hand the ticket over), authority (PEM
file; without it the messages go over http, sealed), binding ("own", "wrong" or "none").
"""

import base64
import hashlib
import http.client
import json
import ssl
import struct
import sys

import gssapi
from gssapi.raw import IOV, ChannelBindings, IOVBufferType, acquire_cred_with_password, wrap_iov

options = json.loads(sys.argv[1])
MECHANISMS = {"krb5": gssapi.OID.from_int_seq("1.2.840.113554.1.2.2"), "spnego": gssapi.OID.from_int_seq("1.3.6.1.5.5.2")}
OCTETS = b"Content-Type: application/octet-stream\r\n"
SOAP = "application/soap+xml;charset=UTF-8"

ENVELOPE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Header>
<a:To>http://localhost/wsman</a:To><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>
<a:Action>%s</a:Action><a:MessageID>uuid:11111111-1111-1111-1111-%012d</a:MessageID><w:MaxEnvelopeSize>153600</w:MaxEnvelopeSize>
<w:OperationTimeout>PT20S</w:OperationTimeout><w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd</w:ResourceURI>%s</s:Header>
<s:Body>%s</s:Body></s:Envelope>"""
CREATE = ("http://schemas.xmlsoap.org/ws/2004/09/transfer/Create", "",
          "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>")


def connect():
    host, port = options["address"].split(":")
    if not options.get("authority"):
        return http.client.HTTPConnection(host, int(port)), None
    context = ssl.create_default_context(cafile=options["authority"])
    context.check_hostname = False  # the test dials an address
    connection = http.client.HTTPSConnection(host, int(port), context=context)
    connection.connect()
    der = connection.sock.getpeercert(binary_form=True)
    if options["binding"] == "none":
        return connection, None
    digest = hashlib.sha256(der if options["binding"] == "own" else der + b"x").digest()
    return connection, ChannelBindings(application_data=b"tls-server-end-point:" + digest)


def sign_in(connection, bindings):
    name = gssapi.Name(options["user"], gssapi.NameType.kerberos_principal)
    mechanism = MECHANISMS[options["mechanism"]]
    credentials = acquire_cred_with_password(name, options["password"].encode(), mechs=[mechanism], usage="initiate").creds
    flags = gssapi.RequirementFlag.mutual_authentication | gssapi.RequirementFlag.confidentiality | gssapi.RequirementFlag.integrity
    if options["delegate"]:
        flags |= gssapi.RequirementFlag.delegate_to_peer
    context = gssapi.SecurityContext(
        name=gssapi.Name(options["service"], gssapi.NameType.kerberos_principal), creds=gssapi.Credentials(base=credentials),
        mech=mechanism, flags=flags, usage="initiate", channel_bindings=bindings)
    token = base64.b64encode(context.step()).decode()
    connection.request("POST", "/wsman", b"", {"Authorization": "Negotiate " + token, "Content-Type": SOAP, "Content-Length": "0"})
    answer = connection.getresponse()
    answer.read()
    if answer.status == 200:
        context.step(base64.b64decode(answer.headers["WWW-Authenticate"].split()[1]))
        assert context.complete
    return context, answer.status


def sealed(context, text):
    iov = IOV(IOVBufferType.header, text, std_layout=False)
    wrap_iov(context, iov, confidential=True)
    header, data = iov[0].value, iov[1].value
    return (b"--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
            b"\tOriginalContent: type=" + SOAP.encode() + b";Length=%d\r\n--Encrypted Boundary\r\n\t" % len(text) + OCTETS
            + struct.pack("<I", len(header)) + header + data + b"--Encrypted Boundary--\r\n")


def opened(context, body):
    payload = body.split(OCTETS, 1)[1].rsplit(b"--Encrypted Boundary--", 1)[0]
    return context.unwrap(payload[4:]).message


def send(context, connection, number, action, header, body):
    text = (ENVELOPE % (action, number, header, body)).encode()
    kind = SOAP
    if not options.get("authority"):
        text = sealed(context, text)
        kind = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
    connection.request("POST", "/wsman", text, {"Content-Type": kind})
    answer = connection.getresponse()
    body = answer.read()
    if not options.get("authority"):
        assert b"Envelope" not in body, "the answer is not sealed"
        body = opened(context, body)
    return answer.status, body.decode()


connection, bindings = connect()
context, status = sign_in(connection, bindings)
got = [status]
if status == 200:
    status, created = send(context, connection, 1, *CREATE)
    shell = created.split('Name="ShellId">', 1)[1].split("<", 1)[0]
    selector = '<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet>' % shell
    got += [status]
    status, started = send(context, connection, 2, "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command", selector,
                           "<rsp:CommandLine><rsp:Command>whoami</rsp:Command></rsp:CommandLine>")
    assert "CommandId" in started
    got += [status]
print(json.dumps(got))
