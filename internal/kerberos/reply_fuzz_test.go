package kerberos_test

import (
	"encoding/binary"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
)

// The places of a sign-in where a KDC may send anything. Whoever chooses the KDC knows the
// password, too, and can seal what he likes.
const (
	firstAnswer  = iota // a whole message, before the password is used
	hints               // how the key is made
	logInAnswer         // a whole message
	logInPart           // what is sealed in it
	ticketAnswer        // a whole message
	ticketPart          // what is sealed in it
	places
)

// liar is a KDC that sends the given bytes in one place of a sign-in.
type liar struct {
	place int
	sends []byte
	asked int // for a ticket of the KDC
}

func (l *liar) wire(kind string, framed []byte) []byte {
	if kind == kdctest.AS {
		l.asked++
	}
	switch {
	case kind == kdctest.AS && l.asked == 1 && l.place == firstAnswer, kind == kdctest.AS && l.asked == 2 && l.place == logInAnswer, kind == kdctest.TGS && l.place == ticketAnswer:
		return frame(l.sends)
	case kind == kdctest.AS && l.asked == 1 && l.place == hints:
		return frame(asksForProof(l.sends))
	}
	return framed
}

// sealed gives the bytes as they are, or with the honest part's nonce and time where they are
// such a part: so they get past the first checks.
func (l *liar) sealed(kind string, part []byte) []byte {
	if !(kind == kdctest.AS && l.place == logInPart || kind == kdctest.TGS && l.place == ticketPart) {
		return part
	}
	var honest, lie messages.EncKDCRepPart
	if lie.Unmarshal(l.sends) != nil || honest.Unmarshal(part) != nil {
		return l.sends
	}
	lie.Nonce, lie.AuthTime = honest.Nonce, honest.AuthTime
	if raw, err := lie.Marshal(); err == nil {
		return raw
	}
	return l.sends
}

func frame(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)
}

func asksForProof(hints []byte) []byte {
	refused := messages.NewKRBError(types.NewPrincipalName(nametype.KRB_NT_SRV_INST, "krbtgt/"+home), home, errorcode.KDC_ERR_PREAUTH_REQUIRED, "")
	refused.EData = hints
	raw, _ := refused.Marshal()
	return raw
}

// FuzzKDCReplies: whatever a KDC sends in each place of a sign-in, the caller gets a ticket or a
// fault in words of this program, soon and with little memory, and can sign in afterwards.
func FuzzKDCReplies(f *testing.F) {
	lies := atomic.Pointer[liar]{}
	k := kdctest.Start(f, home, password, kdctest.Options{
		Wire:   func(kind string, framed []byte) []byte { return lies.Load().wire(kind, framed) },
		Sealed: func(kind string, part []byte) []byte { return lies.Load().sealed(kind, part) },
	})
	for _, raw := range seeds(f) {
		for place := range places {
			f.Add(uint8(place), raw)
		}
	}
	f.Fuzz(func(t *testing.T, place uint8, raw []byte) {
		lies.Store(&liar{place: int(place) % places, sends: raw})
		held := client(t, user(kdctest.Conf(k)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true})
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 || took > time.Minute {
			t.Errorf("%d bytes and %s", used, took)
		}
		if err == nil {
			return
		}
		said := fault.Sentence(err)
		if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Unreachable) && !fault.Is(err, fault.Invalid) || strings.Contains(said, password) || strings.ContainsFunc(said, unicode.IsControl) {
			t.Errorf("%s: %q", fault.KindOf(err), said)
		}
		lies.Store(&liar{place: places})
		if _, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true}); err != nil {
			t.Errorf("the KDC is honest again, and yet %v", err)
		}
	})
}

// seeds are messages and parts, good ones and ones that the library does not expect.
func seeds(f *testing.F) [][]byte {
	raw := func(made []byte, err error) []byte {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
		return made
	}
	told := func(kind int32, value []byte) []byte {
		return raw(asn1.Marshal(types.PADataSequence{{PADataType: kind, PADataValue: value}}))
	}
	now := time.Now().UTC().Truncate(time.Second)
	bits := types.NewKrbFlags()
	granter := types.NewPrincipalName(nametype.KRB_NT_SRV_INST, "krbtgt/"+home)
	part := messages.EncKDCRepPart{Key: types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}, LastReqs: []messages.LastReq{{LRValue: now}}, Flags: bits,
		AuthTime: now, StartTime: now, EndTime: now.Add(time.Hour), RenewTill: now.Add(time.Hour), SRealm: home, SName: granter}
	noKey, otherKey, noName := part, part, part
	noKey.Key.KeyValue = nil
	otherKey.Key.KeyType = 23
	noName.SName.NameString = []string{}
	fields := messages.KDCRepFields{PVNO: 5, MsgType: 11, CRealm: home, CName: types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, "fedroute"),
		Ticket: messages.Ticket{TktVNO: 5, Realm: home, SName: granter, EncPart: types.EncryptedData{EType: 18, Cipher: make([]byte, 64)}}, EncPart: types.EncryptedData{EType: 18, Cipher: make([]byte, 64)}}
	as := messages.ASRep{KDCRepFields: fields}
	fields.MsgType = 13
	tgs := messages.TGSRep{KDCRepFields: fields}
	refused := messages.NewKRBError(granter, home, errorcode.KDC_ERR_POLICY, "\x1b[2J\x00KDC_ERR_PREAUTH_FAILED \u202e")
	many := make(types.ETypeInfo2, 20_000)
	return [][]byte{
		nil, {0x6b}, {0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		raw(as.Marshal()), raw(tgs.Marshal()), raw(refused.Marshal()), asksForProof(nil),
		raw(part.Marshal()), raw(noKey.Marshal()), raw(otherKey.Marshal()), raw(noName.Marshal()),
		told(patype.PA_ETYPE_INFO2, raw(asn1.Marshal(types.ETypeInfo2{{EType: 18, Salt: "pepper", S2KParams: []byte{0, 0, 16, 0}}}))),
		told(patype.PA_ETYPE_INFO2, raw(asn1.Marshal(types.ETypeInfo2{{EType: 18, S2KParams: []byte{0, 0, 0, 0}}}))),
		told(patype.PA_ETYPE_INFO2, raw(asn1.Marshal(many))), told(patype.PA_ETYPE_INFO2, raw(asn1.Marshal(types.ETypeInfo2{}))),
		told(patype.PA_ETYPE_INFO, raw(asn1.Marshal(types.ETypeInfo{}))), told(patype.PA_ETYPE_INFO, raw(asn1.Marshal(types.ETypeInfo{{EType: 18, Salt: []byte{}}}))),
		append([]byte{0x30, 0x83, 3, 0xd0, 0x90}, make([]byte, 250_000)...),
	}
}

// TestABadTicketIsNotHeld: a ticket that cannot be used keeps nobody out until it ends. The KDC
// gives one such ticket, and is honest afterwards.
func TestABadTicketIsNotHeld(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string
		key    types.EncryptionKey
	}{
		"for the KDC, no key":          {"nothing can be encrypted with it", kdctest.AS, types.EncryptionKey{KeyType: 18, KeyValue: []byte{}}},
		"for the KDC, another key":     {"the KDC takes no proof that is made with it", kdctest.AS, types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}},
		"for the service, no key":      {"nothing can be encrypted with it", kdctest.TGS, types.EncryptionKey{KeyType: 18, KeyValue: []byte{}}},
		"for the service, short key":   {"the key is of another type", kdctest.TGS, types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 16)}},
		"for the service, no such key": {"nobody knows the type", kdctest.TGS, types.EncryptionKey{KeyType: 99, KeyValue: make([]byte, 32)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lied := atomic.Bool{}
			k := kdctest.Start(t, home, password, kdctest.Options{Spoil: func(kind string, answer *messages.KDCRepFields) {
				if kind == c.kind && !lied.Swap(true) {
					answer.DecryptedEncPart.Key = c.key
				}
			}})
			held := client(t, user(kdctest.Conf(k)))
			if _, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true}); !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v, want Denied", c.reason, err)
			}
			if _, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true}); err != nil {
				t.Errorf("%s: the KDC is honest again, and yet %v", c.reason, err)
			}
		})
	}
}
