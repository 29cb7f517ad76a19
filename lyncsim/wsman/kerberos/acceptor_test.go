package kerberos_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
)

const (
	realm     = "LAB.EXAMPLE"
	principal = "HTTP/fe01.lab.example"
)

var _ wsman.Acceptor = (*kerberos.Acceptor)(nil)

func newKeytab(t *testing.T, password string) *keytab.Keytab {
	t.Helper()
	kt := keytab.New()
	if err := kt.AddEntry(principal, realm, password, time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	return kt
}

// ticket makes the ticket that a KDC that knows the service's key would give to ops.
type ticket struct {
	req messages.APReq
	key types.EncryptionKey
}

func newTicket(t *testing.T, kt *keytab.Keytab, until time.Time, mutual int) ticket {
	t.Helper()
	return newTicketWith(t, kt, principal, until, mutual, func(types.EncryptionKey) []byte { return nil })
}

// newTicketWith is newTicket with a checksum in the authenticator, made with the session
// key.
func newTicketWith(t *testing.T, kt *keytab.Keytab, name string, until time.Time, mutual int, checksum func(types.EncryptionKey) []byte) ticket {
	t.Helper()
	return makeTicket(t, kt, name, until, 0, mutual, checksum)
}

// lateTicket comes from a client whose clock is late.
func lateTicket(t *testing.T, kt *keytab.Keytab, lag time.Duration) ticket {
	t.Helper()
	return makeTicket(t, kt, principal, time.Now().Add(time.Hour), lag, 0, func(types.EncryptionKey) []byte { return nil })
}

func makeTicket(t *testing.T, kt *keytab.Keytab, name string, until time.Time, lag time.Duration, mutual int, checksum func(types.EncryptionKey) []byte) ticket {
	t.Helper()
	client := types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, "ops")
	host := types.NewPrincipalName(nametype.KRB_NT_SRV_HST, name)
	start := time.Now().Add(-time.Hour)
	tkt, key, err := messages.NewTicket(client, realm, host, realm, types.NewKrbFlags(), kt,
		etypeID.AES256_CTS_HMAC_SHA1_96, 1, start, start, until, until)
	if err != nil {
		t.Fatal(err)
	}
	auth, err := types.NewAuthenticator(realm, client)
	if err != nil {
		t.Fatal(err)
	}
	auth.CTime = auth.CTime.Add(-lag)
	if sum := checksum(key); sum != nil {
		auth.Cksum = types.Checksum{CksumType: 0x8003, Checksum: sum}
	}
	req, err := messages.NewAPReq(tkt, key, auth)
	if err != nil {
		t.Fatal(err)
	}
	if mutual != 0 {
		types.SetFlag(&req.APOptions, mutual)
	}
	req.Authenticator = auth
	return ticket{req, key}
}

// bare returns the token in the form in which pykerberos sends it.
func (k ticket) bare(t *testing.T) []byte {
	t.Helper()
	req, err := k.req.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	oid, err := asn1.Marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		t.Fatal(err)
	}
	body := append(append(oid, 1, 0), req...)
	raw, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassApplication, IsCompound: true, Bytes: body})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (k ticket) spnego(t *testing.T) []byte {
	t.Helper()
	s := spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{
		MechTypes: []asn1.ObjectIdentifier{gssapi.OIDKRB5.OID()}, MechTokenBytes: k.bare(t)}}
	raw, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// proves checks a bare AP-REP token as a client does.
func (k ticket) proves(t *testing.T, token []byte) {
	t.Helper()
	var krb spnego.KRB5Token
	if err := krb.Unmarshal(token); err != nil {
		t.Fatal(err)
	}
	plain, err := crypto.DecryptEncPart(krb.APRep.EncPart, k.key, keyusage.AP_REP_ENCPART)
	if err != nil {
		t.Fatal(err)
	}
	var part messages.EncAPRepPart
	if err := part.Unmarshal(plain); err != nil {
		t.Fatal(err)
	}
	want := k.req.Authenticator
	if !part.CTime.Equal(want.CTime.Truncate(time.Second)) || part.Cusec != want.Cusec {
		t.Errorf("the proof tells %v %d, want %v %d", part.CTime, part.Cusec, want.CTime, want.Cusec)
	}
}

func TestAcceptProvesTheService(t *testing.T) {
	kt := newKeytab(t, "machine")
	raw, err := kt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	a, err := kerberos.New(raw, []string{principal})
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour)

	k := newTicket(t, kt, later, flags.APOptionMutualRequired)
	got, err := a.Accept(k.bare(t))
	if err != nil {
		t.Fatal(err)
	}
	k.proves(t, got.Reply)
	if got.Sealer == nil {
		t.Error("the connection has a session key, and no seal")
	}
	got.Reply, got.Sealer = nil, nil
	// The logon ends with the ticket, plus the 5 minutes by which clocks may differ.
	want := wsman.Ticket{User: "ops", Realm: realm, Until: later.UTC().Truncate(time.Second).Add(5 * time.Minute)}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("-want +got:\n%s", d)
	}

	k = newTicket(t, kt, later, flags.APOptionMutualRequired)
	got, err = a.Accept(k.spnego(t))
	if err != nil {
		t.Fatal(err)
	}
	var resp spnego.NegTokenResp
	if err := resp.Unmarshal(got.Reply); err != nil || resp.State() != spnego.NegStateAcceptCompleted {
		t.Fatalf("%v %+v", err, resp)
	}
	k.proves(t, resp.ResponseToken)

	if got, err = a.Accept(newTicket(t, kt, later, 0).bare(t)); err != nil || len(got.Reply) != 0 {
		t.Errorf("nobody asked for a proof: %v, %d bytes", err, len(got.Reply))
	}
}

func TestAcceptRefuses(t *testing.T) {
	kt := newKeytab(t, "machine")
	raw, err := kt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	a, err := kerberos.New(raw, []string{principal})
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour)
	replayed := newTicket(t, kt, later, 0).bare(t)
	if _, err := a.Accept(replayed); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason string
		token  []byte
	}{
		"OtherKey": {"a ticket for a service with another key", newTicket(t, newKeytab(t, "another"), later, 0).bare(t)},
		"Expired":  {"a ticket that is over", newTicket(t, kt, time.Now().Add(-30*time.Minute), 0).bare(t)},
		"Replay":   {"the same authenticator again", replayed},
		"Garbage":  {"no token at all", []byte("NTLMSSP?")},
		"Empty":    {"nothing", nil},
		"Response": {"an answer instead of a request", func() []byte { b, _ := (&spnego.NegTokenResp{}).Marshal(); return b }()},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := a.Accept(tc.token); err == nil {
				t.Errorf("%s: accepted as %q", tc.reason, got.User)
			}
		})
	}
	if _, err := kerberos.New([]byte("x"), []string{principal}); err == nil {
		t.Error("a bad keytab was taken")
	}
}

func TestPrincipals(t *testing.T) {
	kt := newKeytab(t, "machine")
	if err := kt.AddEntry(principal, realm, "machine", time.Now(), 1, etypeID.AES128_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	if err := kt.AddEntry("HTTP/fe02.lab.example", realm, "machine", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	raw, err := kt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := kerberos.Principals(raw)
	want := []kerberos.Principal{{Name: principal, Realm: realm}, {Name: "HTTP/fe02.lab.example", Realm: realm}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, d)
	}
	for _, bad := range []string{"", "x", "keytab"} {
		if got, err := kerberos.Principals([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}
