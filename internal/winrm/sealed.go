package winrm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// The form of a sealed message (MS-WSMV 2.2.9.1). It looks like MIME but is not: the
// second part has no empty line after its header.
const (
	sealedType = `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`
	sealedHead = "--Encrypted Boundary\r\n" +
		"\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n" +
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" +
		"--Encrypted Boundary\r\n" +
		"\tContent-Type: " + sealedOctets
	sealedOctets = "application/octet-stream\r\n"
	sealedEnd    = "--Encrypted Boundary--"
)

// sealer encrypts and signs the messages of one connection, in their order.
type sealer interface {
	Wrap(message []byte) (sealed, signature []byte, err error)
	Unwrap(sealed, signature []byte) (message []byte, err error)
}

// unsealedError is an answer that somebody on the way could have written. The host may
// have acted on the request all the same.
type unsealedError struct{ what string }

func (e *unsealedError) Error() string { return e.what }

// sealedLane signs its connection in with an empty message and seals every envelope
// with the keys of that sign-in. It believes no answer that is not sealed. A status
// alone, even 401, says nothing about an envelope that was sent: on a connection
// without TLS anybody can write it.
type sealedLane struct {
	*wire
	mechanism mechanism
	keys      sealer  // nil before the sign-in
	on        channel // the keys are those of this connection
}

// RoundTrip seals the envelope and opens the answer. Messages are numbered; lane sends one
// at a time.
func (l *sealedLane) RoundTrip(request *http.Request) (*http.Response, error) {
	envelope, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, &neverSentError{err}
	}
	response, err := l.exchange(request, envelope)
	if errors.Is(err, errReplaced) { // the host closed the connection since the sign-in
		response, err = l.exchange(request, envelope)
	}
	return response, err
}

func (l *sealedLane) exchange(request *http.Request, envelope []byte) (*http.Response, error) {
	on, err := l.reach(request.Context(), request.URL.Host)
	if err != nil {
		return nil, err
	}
	if l.keys == nil || l.on.number != on.number {
		if refusal, err := l.open(request); refusal != nil || err != nil {
			return refusal, err
		}
	}
	keys := l.keys
	l.keys = nil // until the answer was opened: sealer and host may be out of step
	body, err := seal(keys, envelope)
	if err != nil {
		return nil, &neverSentError{err}
	}
	sent := signed(request, "")
	sent.Body, sent.GetBody, sent.ContentLength = io.NopCloser(bytes.NewReader(body)), nil, int64(len(body))
	sent.Header.Set("Content-Type", sealedType)
	response, err := l.roundTrip(sent, l.on.number)
	if err != nil {
		return nil, err
	}
	plain, err := opened(keys, response)
	if err != nil {
		return nil, err
	}
	l.keys = keys
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(plain)), int64(len(plain))
	return response, nil
}

// open signs the connection in. It gives the host's refusal when there is one.
func (l *sealedLane) open(request *http.Request) (refusal *http.Response, err error) {
	made, err := l.mechanism.signIn(l.wire, withoutBody(request))
	if err != nil {
		if _, ok := errors.AsType[*neverSentError](err); !ok {
			err = &neverSentError{err}
		}
		return nil, err
	}
	if made.response.StatusCode != http.StatusOK {
		made.response.Body = http.NoBody // nobody vouches for it
		return made.response, nil
	}
	if made.keys == nil {
		return nil, &neverSentError{errors.New("the host lets everybody in, so nobody can seal")}
	}
	l.keys, l.on = made.keys, made.on
	return nil, nil
}

// withoutBody is the request without the envelope.
func withoutBody(request *http.Request) *http.Request {
	empty := request.Clone(request.Context())
	empty.Body, empty.GetBody, empty.ContentLength = http.NoBody, nil, 0
	return empty
}

// seal makes the body of a sealed message.
func seal(keys sealer, envelope []byte) ([]byte, error) {
	sealed, signature, err := keys.Wrap(envelope)
	if err != nil {
		return nil, err
	}
	head := fmt.Appendf(nil, sealedHead, len(envelope))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(signature)))
	return slices.Concat(head, signature, sealed, []byte(sealedEnd+"\r\n")), nil
}

// opened gives the envelope of a sealed answer.
func opened(keys sealer, response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_, part, ok := bytes.Cut(body, []byte(sealedOctets))
	if !ok || response.StatusCode == http.StatusUnauthorized {
		return nil, &unsealedError{fmt.Sprintf("an answer that is not sealed (HTTP %d) came over http", response.StatusCode)}
	}
	part, ok = bytes.CutSuffix(bytes.TrimRight(part, "\r\n"), []byte(sealedEnd))
	if !ok || len(part) < 4 {
		return nil, &unsealedError{"a sealed answer is not whole"}
	}
	size, part := binary.LittleEndian.Uint32(part), part[4:]
	if size < minSignature || uint64(size) > uint64(len(part)) {
		return nil, &unsealedError{"a sealed answer has a signature of impossible length"}
	}
	envelope, err := keys.Unwrap(part[size:], part[:size])
	if err != nil {
		return nil, &unsealedError{"a sealed answer cannot be opened: it was changed or repeated on the way"}
	}
	return envelope, nil
}

// minSignature is the length of the shortest signature, that of NTLM, in octets.
const minSignature = 16
