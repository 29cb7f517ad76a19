package kerberos_test

import (
	"bytes"
	"encoding/hex"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

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

// The places of a service's answer where it may say anything. Whoever chooses the service, and
// owns its account, knows the key of the ticket and can seal what he likes.
const (
	wholeAnswer   = iota // with SPNEGO or without
	innerToken           // what SPNEGO carries
	sealedPart           // what is sealed in the token
	madeKey              // the key that the service makes; the first byte is its type
	signature            // of a message, by a service that proved who it is
	sealedMessage        // by a service that proved who it is
	answerPlaces
)

// lie gives the answer of a service that sends the bytes in one place.
func (a *acceptor) lie(t *testing.T, place int, sends []byte, negotiate bool) []byte {
	t.Helper()
	token := sends
	switch place {
	case wholeAnswer:
		return sends
	case innerToken:
	case sealedPart:
		token = a.carrying(t, sends)
	default:
		if place == madeKey && len(sends) > 0 {
			a.said.Subkey = types.EncryptionKey{KeyType: int32(int8(sends[0])), KeyValue: sends[1:]}
		}
		token = a.token(t, a.key)
	}
	if !negotiate {
		return token
	}
	reply := spnego.NegTokenResp{NegState: asn1.Enumerated(spnego.NegStateAcceptCompleted), ResponseToken: token}
	raw, err := reply.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// carrying seals a part as the service does, whatever the part is.
func (a *acceptor) carrying(t *testing.T, part []byte) []byte {
	t.Helper()
	sealed, err := crypto.GetEncryptedData(part, a.key, keyusage.AP_REP_ENCPART, 1)
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

// FuzzServiceAnswers: whatever a service sends in each place of its answer, and in messages after
// it, it is taken or refused, soon and with little memory. An answer without the key of the ticket
// is never taken. Where one is taken, messages can be signed; and no error shows what was sent.
func FuzzServiceAnswers(f *testing.F) {
	k := kdctest.Start(f, home, password, kdctest.Options{})
	held, err := kerberos.New("sign in at", "fe01", user(kdctest.Conf(k)))
	if err != nil {
		f.Fatal(err)
	}
	for _, raw := range answers(f) {
		for place := range answerPlaces {
			f.Add(uint8(place), raw, place%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, at uint8, raw []byte, negotiate bool) {
		place := int(at) % answerPlaces
		g, token, err := held.Initiate(t.Context(), nameServer, kerberos.Terms{Mutual: true, Negotiate: negotiate})
		if err != nil {
			t.Fatal(err)
		}
		if negotiate {
			var outer spnego.SPNEGOToken
			if err := outer.Unmarshal(token); err != nil {
				t.Fatal(err)
			}
			token = outer.NegTokenInit.MechTokenBytes
		}
		answer := accept(t, token, k).lie(t, place, raw, negotiate)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		err = g.Finish(answer)
		switch {
		case err != nil:
			hides(t, err, raw)
		case place == wholeAnswer || place == innerToken:
			t.Error("an answer was taken that nobody made with the key of the ticket")
		default:
			takes(t, g, place, raw)
		}
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 || took > time.Minute {
			t.Errorf("%d bytes and %s", used, took)
		}
	})
}

// takes uses a context whose service proved who it is.
func takes(t *testing.T, g *kerberos.Context, place int, raw []byte) {
	t.Helper()
	if _, err := g.Sign([]byte("update")); err != nil {
		t.Errorf("the answer was taken, and nothing can be signed: %v", err)
	}
	if _, _, err := g.Wrap([]byte("command")); (err == nil) != (g.Seals() == nil) {
		t.Errorf("messages are sealed: %v, and it was said that they can be: %v", err, g.Seals())
	}
	if place != signature && place != sealedMessage {
		return
	}
	if err := g.Verify([]byte("answer"), raw); err == nil {
		t.Error("a signature was taken that nobody made with the key")
	} else {
		hides(t, err, raw)
	}
	if text, err := g.Unwrap(raw, nil); err == nil {
		t.Errorf("%q was taken, which nobody sealed", text)
	} else {
		hides(t, err, raw)
	}
}

// hides reports an error that shows what a service sent.
func hides(t *testing.T, err error, raw []byte) {
	t.Helper()
	said := err.Error()
	if len(raw) > 12 && strings.Contains(said, string(raw)) || strings.ContainsFunc(said, unicode.IsControl) || strings.Contains(said, password) {
		t.Errorf("%q shows what was sent", said)
	}
}

// FuzzRefusals: whatever a service sends with its refusal, the reason is of this program's own
// words, soon and with little memory.
func FuzzRefusals(f *testing.F) {
	for _, raw := range answers(f) {
		f.Add(raw)
	}
	known := map[string]bool{}
	for code := range int32(100) {
		cause, next := kerberos.Refusal(refusal(f, code))
		known[cause], known[next] = true, true
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		cause, next := kerberos.Refusal(raw)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if !known[cause] || !known[next] {
			t.Errorf("%q, %q", cause, next)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 || took > time.Minute {
			t.Errorf("%d bytes and %s", used, took)
		}
	})
}

// refusal is the token of a service that refuses a ticket, with a text of its own.
func refusal(t testing.TB, code int32) []byte {
	t.Helper()
	refused := messages.NewKRBError(types.PrincipalName{NameString: []string{"HTTP", "fe01"}}, home, code, "\x1b[2J\x00"+password+"\u202e")
	raw, err := refused.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	oid, _ := asn1.Marshal(gssapi.OIDKRB5.OID())
	reply := spnego.NegTokenResp{NegState: asn1.Enumerated(spnego.NegStateReject), ResponseToken: asn1tools.AddASNAppTag(append(append(oid, 3, 0), raw...), 0)}
	token, err := reply.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// answers are good and bad ones: whole, inner, and parts.
func answers(f *testing.F) [][]byte {
	f.Helper()
	part := func(said messages.EncAPRepPart) []byte {
		plain, err := asn1.Marshal(said)
		if err != nil {
			f.Fatal(err)
		}
		return asn1tools.AddASNAppTag(plain, asnAppTag.EncAPRepPart)
	}
	now := time.Now().UTC().Truncate(time.Second)
	aes := types.EncryptionKey{KeyType: 18, KeyValue: bytes.Repeat([]byte{7}, 32)}
	oid, _ := asn1.Marshal(gssapi.OIDKRB5.OID())
	out := [][]byte{
		nil, {0xa1}, {0x60, 0x84, 0xff, 0xff, 0xff, 0xff}, {0xa1, 0x84, 0x7f, 0xff, 0xff, 0xff}, []byte("HTTP/1.1 401 Unauthorized\r\n\r\n"),
		part(messages.EncAPRepPart{CTime: now, Cusec: 5}), part(messages.EncAPRepPart{CTime: now, Subkey: aes}), part(messages.EncAPRepPart{CTime: now, Subkey: types.EncryptionKey{KeyType: -1, KeyValue: []byte{}}}),
		append([]byte{18}, aes.KeyValue...), append([]byte{17}, aes.KeyValue...), append([]byte{23}, aes.KeyValue[:16]...), {18}, {0, 1, 2}, {255, 1},
		asn1tools.AddASNAppTag(oid, 0), asn1tools.AddASNAppTag(append(oid, 2, 0), 0), asn1tools.AddASNAppTag(append(oid, 1, 0, 0x6e, 0x84, 0xff), 0),
		{4, 4, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 9}, append([]byte{4, 4, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 9}, aes.KeyValue[:12]...),
		append([]byte{5, 4, 3, 0xff, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 9}, bytes.Repeat([]byte{9}, 64)...), append([]byte{5, 4, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 9}, 1),
		append([]byte{0x30, 0x83, 3, 0xd0, 0x90}, make([]byte, 250_000)...), bytes.Repeat([]byte{0x30, 0x80}, 20_000), bytes.Repeat([]byte{0x1b}, 1000),
	}
	for _, code := range []int32{0, 32, 33, 35, 37, 41, 60, 99} {
		out = append(out, refusal(f, code))
	}
	return out
}
