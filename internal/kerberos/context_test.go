package kerberos_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
)

const nameServer = "DNS/ns1.contoso.com"

// acceptor is the service's side of a security context.
type acceptor struct {
	key  types.EncryptionKey // of the ticket
	said messages.EncAPRepPart
}

// accept reads the token as the service does.
func accept(t *testing.T, token []byte, k *kdctest.KDC) *acceptor {
	t.Helper()
	var shown spnego.KRB5Token
	if err := shown.Unmarshal(token); err != nil {
		t.Fatal(err)
	}
	if err := shown.APReq.Ticket.DecryptEncPart(k.Keytab(nameServer), nil); err != nil {
		t.Fatal(err)
	}
	a := &acceptor{key: shown.APReq.Ticket.DecryptedEncPart.Key}
	if err := shown.APReq.DecryptAuthenticator(a.key); err != nil {
		t.Fatal(err)
	}
	a.said = messages.EncAPRepPart{CTime: shown.APReq.Authenticator.CTime, Cusec: shown.APReq.Authenticator.Cusec, SequenceNumber: 7}
	return a
}

// token gives the service's answer to the client, encrypted with the key.
func (a *acceptor) token(t *testing.T, key types.EncryptionKey) []byte {
	t.Helper()
	plain, err := asn1.Marshal(a.said)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := crypto.GetEncryptedData(asn1tools.AddASNAppTag(plain, asnAppTag.EncAPRepPart), key, keyusage.AP_REP_ENCPART, 1)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := asn1.Marshal(messages.APRep{PVNO: 5, MsgType: msgtype.KRB_AP_REP, EncPart: sealed})
	if err != nil {
		t.Fatal(err)
	}
	oid, _ := asn1.Marshal(gssapi.OIDKRB5.OID())
	kind, _ := hex.DecodeString(spnego.TOK_ID_KRB_AP_REP)
	return asn1tools.AddASNAppTag(append(append(oid, kind...), asn1tools.AddASNAppTag(raw, asnAppTag.APREP)...), 0)
}

// sign signs as the service does.
func (a *acceptor) sign(t *testing.T, key types.EncryptionKey, n uint64, message string) []byte {
	t.Helper()
	mic := gssapi.MICToken{Flags: gssapi.MICTokenFlagSentByAcceptor, SndSeqNum: n, Payload: []byte(message)}
	if err := mic.SetChecksum(key, keyusage.GSSAPI_ACCEPTOR_SIGN); err != nil {
		t.Fatal(err)
	}
	raw, err := mic.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func newKey(t *testing.T) types.EncryptionKey {
	t.Helper()
	etype, err := crypto.GetEtype(18)
	if err != nil {
		t.Fatal(err)
	}
	key, err := types.GenerateEncryptionKey(etype)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestServiceMustProveWhoItIs(t *testing.T) {
	cases := map[string]struct {
		reason string
		answer func(a *acceptor) []byte
		ok     bool
	}{
		"right":          {"it read the token", func(a *acceptor) []byte { return a.token(t, a.key) }, true},
		"other key":      {"it has not the service's key", func(a *acceptor) []byte { return a.token(t, newKey(t)) }, false},
		"other time":     {"an answer to somebody else", func(a *acceptor) []byte { a.said.CTime = a.said.CTime.Add(time.Second); return a.token(t, a.key) }, false},
		"other fraction": {"an answer to another token", func(a *acceptor) []byte { a.said.Cusec++; return a.token(t, a.key) }, false},
		"no token":       {"some bytes", func(*acceptor) []byte { return []byte("`\x01") }, false},
		"odd key": {"nothing can be signed with it, and the context would be kept", func(a *acceptor) []byte {
			a.said.Subkey = types.EncryptionKey{KeyType: 99, KeyValue: a.key.KeyValue}
			return a.token(t, a.key)
		}, false},
		"short key": {"nothing can be signed with it, and the context would be kept", func(a *acceptor) []byte {
			a.said.Subkey = types.EncryptionKey{KeyType: 18, KeyValue: []byte{1}}
			return a.token(t, a.key)
		}, false},
		"cut": {"the library takes a piece that is not there", func(a *acceptor) []byte { return a.token(t, a.key)[:60] }, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k := kdctest.Start(t, home, password, kdctest.Options{})
			g, token, err := client(t, user(kdctest.Conf(k))).Initiate(t.Context(), nameServer, kerberos.Terms{Mutual: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Finish(c.answer(accept(t, token, k))); (err == nil) != c.ok {
				t.Errorf("%s: got %v", c.reason, err)
			}
		})
	}
}

func TestMessagesAreSignedWithTheAgreedKey(t *testing.T) {
	for name, subkey := range map[string]bool{"ticket's key": false, "key of the service's own making": true} {
		t.Run(name, func(t *testing.T) {
			k := kdctest.Start(t, home, password, kdctest.Options{})
			g, token, err := client(t, user(kdctest.Conf(k))).Initiate(t.Context(), nameServer, kerberos.Terms{Mutual: true})
			if err != nil {
				t.Fatal(err)
			}
			a := accept(t, token, k)
			key := a.key
			if subkey {
				key = newKey(t)
				a.said.Subkey = key
			}
			if err := g.Finish(a.token(t, a.key)); err != nil {
				t.Fatal(err)
			}
			checkOurs(t, g, key, subkey)
			checkTheirs(t, g, a, key)
		})
	}
}

// checkOurs makes two signatures with the context and verifies them as the service does.
func checkOurs(t *testing.T, g *kerberos.Context, key types.EncryptionKey, subkey bool) {
	t.Helper()
	var last uint64
	for i := range 2 {
		raw, err := g.Sign([]byte("update"))
		if err != nil {
			t.Fatal(err)
		}
		mic := gssapi.MICToken{}
		if err := mic.Unmarshal(raw, false); err != nil {
			t.Fatal(err)
		}
		mic.Payload = []byte("update")
		if ok, err := mic.Verify(key, keyusage.GSSAPI_INITIATOR_SIGN); !ok {
			t.Error(err)
		}
		if (mic.Flags&gssapi.MICTokenFlagAcceptorSubkey != 0) != subkey {
			t.Errorf("flags %x: they must say whose key it is", mic.Flags)
		}
		if i == 1 && mic.SndSeqNum != last+1 {
			t.Errorf("number %d after %d", mic.SndSeqNum, last)
		}
		last = mic.SndSeqNum
	}
}

// checkTheirs lets the context verify messages that the service signed.
func checkTheirs(t *testing.T, g *kerberos.Context, a *acceptor, key types.EncryptionKey) {
	t.Helper()
	steps := []struct {
		reason    string
		signature []byte
		ok        bool
	}{
		{"the first", a.sign(t, key, 7, "answer"), true},
		{"the first again", a.sign(t, key, 7, "answer"), false},
		{"another key", a.sign(t, newKey(t), 100, "answer"), false},
		{"another text", a.sign(t, key, 100, "other"), false},
		{"others were lost", a.sign(t, key, 80, "answer"), true},
		{"one that comes late", a.sign(t, key, 50, "answer"), true},
		{"the late one again", a.sign(t, key, 50, "answer"), false},
		{"one that is too late to know it", a.sign(t, key, 16, "answer"), false},
		{"bytes", []byte{4, 4}, false},
	}
	for _, s := range steps {
		if err := g.Verify([]byte("answer"), s.signature); (err == nil) != s.ok {
			t.Errorf("%s: got %v", s.reason, err)
		}
	}
}
