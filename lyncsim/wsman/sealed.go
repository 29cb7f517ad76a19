package wsman

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The body of an encrypted message (MS-WSMV 2.2.9.1). It looks like MIME but is not:
// the second part has no empty line after its header.
const (
	sealedType     = `multipart/encrypted;protocol="application/%s";boundary="Encrypted Boundary"`
	sealedBoundary = "--Encrypted Boundary"
	sealedOctets   = "Content-Type: application/octet-stream\r\n"
	sealedHead     = sealedBoundary + "\r\n\tContent-Type: application/%s\r\n" +
		"\tOriginalContent: type=" + soapType + ";Length=%d\r\n" + sealedBoundary + "\r\n\t" + sealedOctets
	sealedTail = sealedBoundary + "--\r\n"
)

// The protocols of encrypted messages: of a logon by Negotiate, and of one by the
// scheme Kerberos. The server answers in the protocol of the request.
const (
	sealedByNegotiate = "HTTP-SPNEGO-session-encrypted"
	sealedByKerberos  = "HTTP-Kerberos-session-encrypted"
)

func sealProtocol(contentType string) string {
	if strings.Contains(contentType, sealedByKerberos) {
		return sealedByKerberos
	}
	return sealedByNegotiate
}

// isSealed reports whether a content type is that of an encrypted message.
func isSealed(contentType string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(contentType)), "multipart/encrypted")
}

// Sealer encrypts a connection's messages. After it has failed to open a message, it
// is out of step with its client and cannot be used again.
type Sealer interface {
	Unwrap(sealed, signature []byte) ([]byte, error)
	Wrap(plain []byte) (sealed, signature []byte)
}

// unseal opens an encrypted message.
func unseal(key Sealer, body []byte) ([]byte, error) {
	head, payload, ok := bytes.Cut(body, []byte(sealedOctets))
	if !ok {
		return nil, errors.New("no encrypted part")
	}
	payload = bytes.TrimRight(payload, "\r\n")
	payload, ok = bytes.CutSuffix(payload, []byte(sealedBoundary+"--"))
	if !ok || len(payload) < 4 {
		return nil, errors.New("the encrypted part has no end")
	}
	size := int64(binary.LittleEndian.Uint32(payload))
	payload = payload[4:]
	if size > int64(len(payload)) {
		return nil, errors.New("the signature has a bad length")
	}
	plain, err := key.Unwrap(payload[size:], payload[:size])
	if err != nil {
		return nil, err
	}
	if n := originalLength(head); n != len(plain) {
		return nil, fmt.Errorf("the message has %d bytes and claims %d", len(plain), n)
	}
	return plain, nil
}

// originalLength reads the Length of OriginalContent, -1 when there is none.
func originalLength(head []byte) int {
	_, rest, ok := strings.Cut(string(head), ";Length=")
	if !ok {
		return -1
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(rest, "\r\n", 2)[0]))
	if err != nil {
		return -1
	}
	return n
}

// seal encrypts a reply.
func seal(key Sealer, protocol string, plain []byte) []byte {
	sealed, signature := key.Wrap(plain)
	var b bytes.Buffer
	fmt.Fprintf(&b, sealedHead, protocol, len(plain))
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(signature))))
	b.Write(signature)
	b.Write(sealed)
	b.WriteString(sealedTail)
	return b.Bytes()
}
