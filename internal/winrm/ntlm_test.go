package winrm_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

type connectionKey struct{}

// ntlmConnection is the sign-in state of one TCP connection, as HTTP.sys keeps it.
type ntlmConnection struct{ challenged, signedIn bool }

// ntlmSignIn takes any password, but insists on the order of NTLM's messages on each connection.
// test/interop checks against another implementation that the proof of the password is right.
func ntlmSignIn(accept func() bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		c := r.Context().Value(connectionKey{}).(*ntlmConnection)
		token, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "Negotiate "))
		switch {
		case len(token) > 12 && token[8] == 1:
			c.challenged, c.signedIn = true, false
			w.Header().Set("WWW-Authenticate", "Negotiate "+base64.StdEncoding.EncodeToString(ntlmChallenge()))
		case len(token) > 12 && token[8] == 3 && c.challenged && accept():
			c.challenged, c.signedIn = false, true
			return true
		case len(token) == 0 && c.signedIn && accept():
			return true
		default:
			c.signedIn = false
			w.Header().Set("WWW-Authenticate", "Negotiate")
		}
		w.WriteHeader(http.StatusUnauthorized)
		return false
	}
}

// ntlmChallenge is a CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) with empty target info.
func ntlmChallenge() []byte {
	const flags = 1<<0 | 1<<2 | 1<<9 | 1<<19 | 1<<23 // Unicode, target, NTLM, session security, target info
	name := utf16Bytes("CONTOSO")
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v)
		}
	}
	b.WriteString("NTLMSSP\x00")
	put(uint32(2), uint16(len(name)), uint16(len(name)), uint32(56), uint32(flags))
	b.WriteString("8 octets")
	put(uint64(0), uint16(4), uint16(4), uint32(56+len(name)), uint64(0))
	b.Write(name)
	put(uint32(0))
	return b.Bytes()
}

func utf16Bytes(s string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}

func TestNTLMSignsEachConnectionInOnce(t *testing.T) {
	h := newHost(t, echo)
	h.signIn = ntlmSignIn(func() bool { return true })
	meter := &counter{}
	w, err := winrm.Dial(t.Context(), h.endpoint(), credentials(remote.NTLM), winrm.Options{Meter: meter})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		call(t, w, map[string]any{"a": "b"})
	}
	if got := meter.connections.Load(); got != 2 {
		t.Errorf("connections: got %d, want 2", got)
	}
	requests := h.count("Create") + h.count("Command") + h.count("Send") + h.count("Receive")
	// Each of the two connections takes one more request, to sign in. A Receive may still be on its
	// way.
	if extra := int(meter.requests.Load()) - requests; extra < 2 || extra > 3 {
		t.Errorf("requests beside the envelopes: got %d, want 2", extra)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNTLMSignsAReplacedConnectionIn(t *testing.T) {
	h := newHost(t, echo)
	h.signIn = ntlmSignIn(func() bool { return true })
	w, err := winrm.Dial(t.Context(), h.endpoint(), credentials(remote.NTLM), winrm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The host hangs up after each Send, so each call has a new connection.
	h.interfere(func(w http.ResponseWriter, action string) bool {
		if action == "Send" {
			w.Header().Set("Connection", "close")
		}
		return false
	})
	for range 3 {
		call(t, w, map[string]any{"a": "b"})
	}
	if err := w.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNTLMPasswordChange(t *testing.T) {
	h := newHost(t, echo)
	accepted := newSwitch(true)
	h.signIn = ntlmSignIn(accepted.on)
	w, err := winrm.Dial(t.Context(), h.endpoint(), credentials(remote.NTLM), winrm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close(t.Context())
	call(t, w, nil)
	accepted.set(false)
	_, err = w.Call(t.Context(), remote.Request{Name: "Echo", Script: "echo"})
	if !fault.Is(err, fault.Denied) {
		t.Errorf("got %v (%s), want Denied", err, fault.KindOf(err))
	}
	if w.Healthy() {
		t.Error("the worker is still healthy")
	}
}
