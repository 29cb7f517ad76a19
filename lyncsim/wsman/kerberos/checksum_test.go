package kerberos_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// binding is a channel binding, as the checksum carries it.
var binding = bytes.Repeat([]byte{7}, 16)

// checksum is the checksum of RFC 4121, 4.1.1, with the forwarded KRB-CRED when there is
// one.
func checksum(bound, cred []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 16)
	if bound == nil {
		bound = make([]byte, 16)
	}
	b = append(b, bound...)
	if cred == nil {
		return binary.LittleEndian.AppendUint32(b, 0)
	}
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(cred)))
	return append(b, cred...)
}

// forward is a KRB-CRED with a ticket for a service.
func forward(t *testing.T, service string, key types.EncryptionKey) []byte {
	t.Helper()
	kt := newKeytab(t, "machine")
	if err := kt.AddEntry(service, realm, "kdc", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	tkt, granting, err := messages.NewTicket(types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, "ops"), realm,
		types.NewPrincipalName(nametype.KRB_NT_SRV_INST, service), realm, types.NewKrbFlags(), kt, etypeID.AES256_CTS_HMAC_SHA1_96, 1, now, now, now.Add(time.Hour), now)
	if err != nil {
		t.Fatal(err)
	}
	part, err := asn1.Marshal(struct {
		TicketInfo []keyOnly `asn1:"explicit,tag:0"`
	}{[]keyOnly{{granting}}})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := crypto.GetEncryptedData(asn1tools.AddASNAppTag(part, asnAppTag.EncKrbCredPart), key, keyusage.KRB_CRED_ENCPART, 0)
	if err != nil {
		t.Fatal(err)
	}
	rawTicket, err := tkt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	tickets, err := asn1.Marshal([]asn1.RawValue{{FullBytes: rawTicket}})
	if err != nil {
		t.Fatal(err)
	}
	body, err := asn1.Marshal(struct {
		PVNO    int                 `asn1:"explicit,tag:0"`
		MsgType int                 `asn1:"explicit,tag:1"`
		Tickets asn1.RawValue       `asn1:"explicit,tag:2"`
		EncPart types.EncryptedData `asn1:"explicit,tag:3"`
	}{5, msgtype.KRB_CRED, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 2, IsCompound: true, Bytes: tickets}, sealed})
	if err != nil {
		t.Fatal(err)
	}
	return asn1tools.AddASNAppTag(body, asnAppTag.KRBCred)
}

type keyOnly struct {
	Key types.EncryptionKey `asn1:"explicit,tag:0"`
}

func TestChecksum(t *testing.T) {
	type outcome struct {
		Binding   []byte
		Forwarded bool
		Refused   bool
	}
	granting := "krbtgt/" + realm
	cases := map[string]struct {
		reason string
		sum    func(key types.EncryptionKey) []byte
		want   outcome
	}{
		"none":         {"old clients send no checksum", plain, outcome{}},
		"nothing":      {"a client that wishes nothing", func(types.EncryptionKey) []byte { return checksum(nil, nil) }, outcome{}},
		"bound":        {"the client's channel", func(types.EncryptionKey) []byte { return checksum(binding, nil) }, outcome{Binding: binding}},
		"forwarded":    {"a ticket-granting ticket", func(k types.EncryptionKey) []byte { return checksum(nil, forward(t, granting, k)) }, outcome{Forwarded: true}},
		"other ticket": {"a ticket that grants nothing", func(k types.EncryptionKey) []byte { return checksum(nil, forward(t, principal, k)) }, outcome{Refused: true}},
		"other key": {"a key that the machine cannot open", func(k types.EncryptionKey) []byte {
			k.KeyValue = bytes.Repeat([]byte{1}, len(k.KeyValue))
			return checksum(nil, forward(t, granting, k))
		}, outcome{Refused: true}},
		"no ticket": {"the flag without a ticket", func(types.EncryptionKey) []byte { return checksum(nil, []byte{}) }, outcome{Refused: true}},
		"short":     {"a checksum that ends early", func(types.EncryptionKey) []byte { return checksum(nil, nil)[:20] }, outcome{Refused: true}},
		"cut":       {"a forwarded ticket that ends early", func(k types.EncryptionKey) []byte { b := checksum(nil, forward(t, granting, k)); return b[:len(b)-1] }, outcome{Refused: true}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a, kt := acceptor(t, principal)
			ticket, err := a.Accept(newTicketWith(t, kt, principal, time.Now().Add(time.Hour), 0, c.sum).bare(t))
			if diff := cmp.Diff(c.want, outcome{ticket.Binding, ticket.Forwarded, err != nil}); diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", c.reason, err, diff)
			}
		})
	}
}
