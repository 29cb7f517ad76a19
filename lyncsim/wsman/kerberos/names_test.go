package kerberos_test

import (
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
)

// acceptor has the keys of the principal and of another name, and owns the names that are
// given.
func acceptor(t *testing.T, own ...string) (*kerberos.Acceptor, *keytab.Keytab) {
	t.Helper()
	kt := newKeytab(t, "machine")
	if err := kt.AddEntry(managementName, realm, "another", time.Now(), 1, etypeID.AES256_CTS_HMAC_SHA1_96); err != nil {
		t.Fatal(err)
	}
	raw, err := kt.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	a, err := kerberos.New(raw, own)
	if err != nil {
		t.Fatal(err)
	}
	return a, kt
}

const managementName = "WSMAN/fe01.lab.example"

func plain(types.EncryptionKey) []byte { return nil }

// TestNamesOfOneMachine checks that a machine takes tickets for every name that it owns,
// and answers a ticket for another account's name as one that it cannot decrypt.
func TestNamesOfOneMachine(t *testing.T) {
	a, kt := acceptor(t, managementName)
	later := time.Now().Add(time.Hour)
	if _, err := a.Accept(newTicketWith(t, kt, managementName, later, 0, plain).bare(t)); err != nil {
		t.Errorf("the machine owns %s: %v", managementName, err)
	}
	got, err := a.Accept(newTicketWith(t, kt, principal, later, 0, plain).spnego(t))
	if err == nil {
		t.Fatalf("the ticket for %s was taken; it belongs to another account", principal)
	}
	var reply spnego.NegTokenResp
	if err := reply.Unmarshal(got.Reply); err != nil || reply.State() != spnego.NegStateReject {
		t.Fatalf("the refusal is no SPNEGO rejection: %v", err)
	}
	var token spnego.KRB5Token
	if err := token.Unmarshal(reply.ResponseToken); err != nil || token.KRBError.ErrorCode != errorcode.KRB_AP_ERR_MODIFIED {
		t.Errorf("the refusal says %+v %v, not that the ticket was encrypted for somebody else", token.KRBError, err)
	}

	both, kt := acceptor(t, managementName, principal)
	for _, name := range []string{managementName, principal} {
		if _, err := both.Accept(newTicketWith(t, kt, name, later, 0, plain).bare(t)); err != nil {
			t.Errorf("a machine that owns both names refuses %s: %v", name, err)
		}
	}
}

// TestComplaints checks that a client can read from the answer why its ticket was refused.
func TestComplaints(t *testing.T) {
	a, kt := acceptor(t, principal)
	later := time.Now().Add(time.Hour)
	replayed := newTicketWith(t, kt, principal, later, 0, plain).spnego(t)
	if _, err := a.Accept(replayed); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		reason string
		token  []byte
		want   int32
	}{
		"clock":   {"the client's clock is ten minutes off", lateTicket(t, kt, 10*time.Minute).spnego(t), errorcode.KRB_AP_ERR_SKEW},
		"expired": {"the ticket is over", newTicketWith(t, kt, principal, time.Now().Add(-30*time.Minute), 0, plain).spnego(t), errorcode.KRB_AP_ERR_TKT_EXPIRED},
		"replay":  {"somebody sends it again", replayed, errorcode.KRB_AP_ERR_REPEAT},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := a.Accept(c.token)
			if err == nil {
				t.Fatalf("%s, and it was taken", c.reason)
			}
			var reply spnego.NegTokenResp
			var token spnego.KRB5Token
			if err := reply.Unmarshal(got.Reply); err != nil {
				t.Fatal(err)
			}
			if err := token.Unmarshal(reply.ResponseToken); err != nil || token.KRBError.ErrorCode != c.want {
				t.Errorf("%s: the answer says %d %v, want %d", c.reason, token.KRBError.ErrorCode, err, c.want)
			}
		})
	}
}
