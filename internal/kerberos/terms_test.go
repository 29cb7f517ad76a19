package kerberos_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
)

// checksum is what the service reads about the terms of a context.
func checksum(t *testing.T, token []byte, k *kdctest.KDC) (sum []byte, key types.EncryptionKey) {
	t.Helper()
	var shown spnego.KRB5Token
	if err := shown.Unmarshal(token); err != nil {
		t.Fatal(err)
	}
	if err := shown.APReq.Ticket.DecryptEncPart(k.Keytab(nameServer), nil); err != nil {
		t.Fatal(err)
	}
	key = shown.APReq.Ticket.DecryptedEncPart.Key
	if err := shown.APReq.DecryptAuthenticator(key); err != nil {
		t.Fatal(err)
	}
	return shown.APReq.Authenticator.Cksum.Checksum, key
}

func TestTheServiceIsToldTheTerms(t *testing.T) {
	// The hash was computed with another program: MD5 over four zeros of 32 bits, the
	// length of the application data and the data. test/interop shows that MIT Kerberos
	// agrees.
	const application = "tls-server-end-point:\xe3\xca\x49\x27\x1e\x50\x89\xcc\x48\xce\x82\x10\x9f\x13\x24\xf4\x1d\xbe\xdd\xc2\x9a\x77\x74\x10\xc7\x38\xf7\x86\x8c\x4f\xf4\x05"
	cases := map[string]struct {
		reason string
		terms  kerberos.Terms
		sum    string // in hexadecimal
	}{
		"plain":  {"signing is always possible", kerberos.Terms{}, "10000000" + strings.Repeat("00", 16) + "20000000"},
		"mutual": {"messages are counted", kerberos.Terms{Mutual: true}, "10000000" + strings.Repeat("00", 16) + "2e000000"},
		"bound":  {"the hash is that of other clients", kerberos.Terms{Binding: []byte(application)}, "10000000" + "6ea19df066da4622051f9c4f92c6df74" + "20000000"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k := kdctest.Start(t, home, password, kdctest.Options{})
			_, token, err := client(t, user(kdctest.Conf(k))).Initiate(t.Context(), nameServer, c.terms)
			if err != nil {
				t.Fatal(err)
			}
			sum, _ := checksum(t, token, k)
			if diff := cmp.Diff(c.sum, hex.EncodeToString(sum)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestATicketIsHandedOver(t *testing.T) {
	k := kdctest.Start(t, home, password, kdctest.Options{})
	u := user(kdctest.Conf(k))
	u.Delegate = true
	held := client(t, u)
	for range 2 {
		_, token, err := held.Initiate(t.Context(), nameServer, kerberos.Terms{Mutual: true})
		if err != nil {
			t.Fatal(err)
		}
		sum, key := checksum(t, token, k)
		if sum[20]&gssapi.ContextFlagDeleg == 0 || len(sum) != 28+int(sum[26])+int(sum[27])<<8 {
			t.Fatalf("a checksum of %d bytes that begins with % x hands nothing over", len(sum), sum[:28])
		}
		var cred messages.KRBCred
		if err := cred.Unmarshal(sum[28:]); err != nil {
			t.Fatal(err)
		}
		if err := cred.DecryptEncPart(key); err != nil {
			t.Fatal(err)
		}
		info := cred.DecryptedEncPart.TicketInfo[0]
		if got := info.PName.PrincipalNameString() + "@" + info.PRealm; got != u.String() {
			t.Errorf("the ticket is that of %s, want %s", got, u)
		}
		if got := info.SName.PrincipalNameString(); got != "krbtgt/"+home || !types.IsFlagSet(&info.Flags, flags.Forwarded) {
			t.Errorf("a ticket for %s with flags % x, want a forwarded one for the KDC", got, info.Flags.Bytes)
		}
		if err := cred.Tickets[0].DecryptEncPart(k.Keytab("krbtgt/"+home), nil); err != nil || !bytes.Equal(cred.Tickets[0].DecryptedEncPart.Key.KeyValue, info.Key.KeyValue) {
			t.Errorf("the key is not that of the ticket (%v)", err)
		}
	}
	if n := k.Asked(kdctest.TGS); n != 2 {
		t.Errorf("%d TGS exchanges for two contexts, want one for the service and one for the ticket to hand over", n)
	}
}

func TestATicketThatMayNotBeHandedOver(t *testing.T) {
	k := kdctest.Start(t, home, password, kdctest.Options{Sensitive: true})
	u := user(kdctest.Conf(k))
	if _, _, err := client(t, u).Initiate(t.Context(), nameServer, kerberos.Terms{}); err != nil {
		t.Errorf("nothing is to be handed over: %v", err)
	}
	u.Delegate = true
	_, token, err := client(t, u).Initiate(t.Context(), nameServer, kerberos.Terms{})
	if !fault.Is(err, fault.Denied) || token != nil || !strings.Contains(fault.Sentence(err), "remove delegate, or use an account that is neither in Protected Users nor marked as sensitive") {
		t.Errorf("%v: want to be told why the account's ticket is not handed over", err)
	}
}

// wrap seals as the service does, with filler octets and a rotation of its own choice.
func (a *acceptor) wrap(t *testing.T, key types.EncryptionKey, head string, filler, rotation int, message string) []byte {
	t.Helper()
	kind, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		t.Fatal(err)
	}
	header, err := hex.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	header[5] = byte(filler)
	_, hidden, err := kind.EncryptMessage(key.KeyValue, []byte(message+strings.Repeat("x", filler)+string(header)), keyusage.GSSAPI_ACCEPTOR_SEAL)
	if err != nil {
		t.Fatal(err)
	}
	header[7] = byte(rotation)
	cut := len(hidden) - rotation
	return append(append(header, hidden[cut:]...), hidden[:cut]...)
}

func TestMessagesAreSealed(t *testing.T) {
	k := kdctest.Start(t, home, password, kdctest.Options{})
	g, token, err := client(t, user(kdctest.Conf(k))).Initiate(t.Context(), nameServer, kerberos.Terms{Mutual: true})
	if err != nil {
		t.Fatal(err)
	}
	a := accept(t, token, k)
	key := newKey(t)
	a.said.Subkey = key
	if err := g.Finish(a.token(t, a.key)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		checkSealed(t, g, key)
	}
	head := func(flags string, n byte) string {
		return "0504" + flags + "ff00000000" + "00000000000000" + hex.EncodeToString([]byte{n})
	}
	steps := []struct {
		reason string
		token  []byte
		want   string // "" when it is refused
	}{
		{"as Windows rotates it", a.wrap(t, key, head("07", 1), 0, 28, "answer"), "answer"},
		{"not rotated", a.wrap(t, key, head("07", 2), 0, 0, "answer"), "answer"},
		{"filler is taken off", a.wrap(t, key, head("07", 3), 16, 44, "answer"), "answer"},
		{"the first again", a.wrap(t, key, head("07", 1), 0, 28, "answer"), ""},
		{"another key", a.wrap(t, newKey(t), head("07", 4), 0, 28, "answer"), ""},
		{"the client's own message sent back", a.wrap(t, key, head("06", 5), 0, 28, "answer"), ""},
		{"the key of the ticket, though there is another", a.wrap(t, a.key, head("03", 6), 0, 28, "answer"), ""},
		{"signed and not sealed", a.wrap(t, key, head("05", 7), 0, 28, "answer"), ""},
		{"another header than the one that was sealed", flip(a.wrap(t, key, head("07", 8), 0, 28, "answer"), 15), ""},
		{"a changed message", flip(a.wrap(t, key, head("07", 9), 0, 28, "answer"), 61), ""},
		{"a header alone", a.wrap(t, key, head("07", 10), 0, 28, "answer")[:16], ""},
		{"cut", a.wrap(t, key, head("07", 11), 0, 28, "answer")[:20], ""},
		{"nothing", nil, ""},
	}
	for _, s := range steps {
		cut := min(60, len(s.token))
		got, err := g.Unwrap(s.token[cut:], s.token[:cut])
		if string(got) != s.want || (err == nil) != (s.want != "") {
			t.Errorf("%s: %q, %v", s.reason, got, err)
		}
	}
}

func flip(token []byte, at int) []byte {
	token[at] ^= 1
	return token
}

// checkSealed seals a message and opens it as the service does.
func checkSealed(t *testing.T, g *kerberos.Context, key types.EncryptionKey) {
	t.Helper()
	const message = "a command that nobody else reads"
	sealed, signature, err := g.Wrap([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	if len(signature) != 60 || len(sealed) != len(message) || bytes.Contains(sealed, []byte("command")) {
		t.Errorf("a signature of %d octets and %d octets of message; want 60, and as many as the message has", len(signature), len(sealed))
	}
	kind, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		t.Fatal(err)
	}
	hidden := append(append(bytes.Clone(signature[16+28:]), sealed...), signature[16:16+28]...)
	plain, err := kind.DecryptMessage(key.KeyValue, hidden, keyusage.GSSAPI_INITIATOR_SEAL)
	if err != nil {
		t.Fatal(err)
	}
	inner := bytes.Clone(signature[:16])
	inner[6], inner[7] = 0, 0
	if diff := cmp.Diff(message+string(inner), string(plain)); diff != "" {
		t.Errorf("the service reads (-want +got):\n%s", diff)
	}
}

func TestWithoutTheServicesAnswerNothingIsSealed(t *testing.T) {
	k := kdctest.Start(t, home, password, kdctest.Options{})
	g, _, err := client(t, user(kdctest.Conf(k))).Initiate(t.Context(), nameServer, kerberos.Terms{Negotiate: true})
	if err != nil {
		t.Fatal(err)
	}
	if sealed, _, err := g.Wrap([]byte("x")); err == nil {
		t.Errorf("sealed as % x for a service that did not prove who it is", sealed)
	}
}

// TestOldKeysSealNothing: a service whose key is of an old type is told apart before anything is
// sent to it.
func TestOldKeysSealNothing(t *testing.T) {
	for kind, seals := range map[int32]bool{17: true, 18: true, 23: false} {
		k := kdctest.Start(t, home, password, kdctest.Options{})
		g, token, err := client(t, user(kdctest.Conf(k))).Initiate(t.Context(), nameServer, kerberos.Terms{Mutual: true})
		if err != nil {
			t.Fatal(err)
		}
		a := accept(t, token, k)
		etype, err := crypto.GetEtype(kind)
		if err != nil {
			t.Fatal(err)
		}
		if a.said.Subkey, err = types.GenerateEncryptionKey(etype); err != nil {
			t.Fatal(err)
		}
		if err := g.Finish(a.token(t, a.key)); err != nil {
			t.Fatal(err)
		}
		if err := g.Seals(); (err == nil) != seals || err != nil && !strings.Contains(fault.Sentence(err), "allow AES for the account of the host") {
			t.Errorf("encryption type %d: %v, want sealing %v", kind, err, seals)
		}
		if _, _, err := g.Wrap([]byte("x")); (err == nil) != seals {
			t.Errorf("encryption type %d seals: %v", kind, err)
		}
	}
}

func TestWhyAServiceRefusesATicket(t *testing.T) {
	say := func(code int32) []byte { return refusal(t, code) }
	cases := map[string]struct {
		reason, cause, next string
		token               []byte
	}{
		"clock":        {"ten minutes are too many", "the clocks of host and controller differ too much", "set both clocks by NTP", say(37)},
		"other key":    {"another account owns the name", "it was encrypted for another account", "find the owner of the name with setspn -Q, and write a name of the host's own into spn", say(41)},
		"another code": {"the host's text is not repeated", "", "", say(60)},
		"no answer":    {"most hosts do not say", "", "", nil},
		"cut":          {"some bytes", "", "", say(37)[:20]},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if cause, next := kerberos.Refusal(c.token); cause != c.cause || next != c.next {
				t.Errorf("%s: %q, %q; want %q, %q", c.reason, cause, next, c.cause, c.next)
			}
		})
	}
}
