package kerberos_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/spnego"

	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
)

const (
	home     = "CONTOSO.COM"
	password = "correct horse"
	service  = "HTTP/fe01.contoso.com"
)

func user(conf string) kerberos.User {
	return kerberos.User{Name: "fedroute", Realm: home, Password: password, Config: conf}
}

func client(t *testing.T, u kerberos.User) *kerberos.Client {
	t.Helper()
	c, err := kerberos.New("sign in at", "fe01", u)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shownBy reads a token as its service does, and gives the name and realm of the account that the
// token is from.
func shownBy(t *testing.T, token []byte, at *kdctest.KDC) string {
	t.Helper()
	var outer spnego.SPNEGOToken
	if err := outer.Unmarshal(token); err != nil {
		t.Fatal(err)
	}
	var inner spnego.KRB5Token
	if err := inner.Unmarshal(outer.NegTokenInit.MechTokenBytes); err != nil {
		t.Fatal(err)
	}
	if err := inner.APReq.Ticket.DecryptEncPart(at.Keytab(service), nil); err != nil {
		t.Fatal(err)
	}
	if err := inner.APReq.DecryptAuthenticator(inner.APReq.Ticket.DecryptedEncPart.Key); err != nil {
		t.Fatal(err)
	}
	return inner.APReq.Authenticator.CName.PrincipalNameString() + "@" + inner.APReq.Authenticator.CRealm
}

// TestTicketsAreHeldUntilTheyRunOut: tickets of 12 minutes are used for 10.
func TestTicketsAreHeldUntilTheyRunOut(t *testing.T) {
	cases := map[string]struct {
		reason  string
		keytab  bool
		later   []time.Duration // when tokens are made, counted from the start
		as, tgs int
	}{
		"password": {"the KDC is asked once how the key is made, once for each ticket", false, []time.Duration{0, 0, time.Minute, 9 * time.Minute}, 2, 1},
		"keytab":   {"which key is asked as well", true, []time.Duration{0, 0, time.Minute, 9 * time.Minute}, 2, 1},
		"run out":  {"a new ticket is asked for when somebody wants one, and none is renewed", false, []time.Duration{0, 11 * time.Minute}, 4, 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k := kdctest.Start(t, home, password, kdctest.Options{Life: 12 * time.Minute})
			u, now := user(kdctest.Conf(k)), time.Now()
			u.Now = func() time.Time { return now }
			if c.keytab {
				u.Password, u.Keytab = "", k.UserKeytab(t, u.Name)
			}
			held, began := client(t, u), now
			for _, later := range c.later {
				now = began.Add(later)
				_, token, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true})
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				if who := shownBy(t, token, k); who != u.String() {
					t.Errorf("the service sees %s, want %s", who, u)
				}
			}
			if as, tgs := k.Asked(kdctest.AS), k.Asked(kdctest.TGS); as != c.as || tgs != c.tgs || k.Asked(kdctest.Renewal) != 0 {
				t.Errorf("%s: %d AS, %d TGS exchanges and %d renewals; want %d, %d and none", c.reason, as, tgs, k.Asked(kdctest.Renewal), c.as, c.tgs)
			}
		})
	}
}

// TestServiceOfAnotherRealm follows the KDCs of a forest from one realm to the next.
func TestServiceOfAnotherRealm(t *testing.T) {
	to := func(realm string) kdctest.Options {
		return kdctest.Options{Refer: func(service string) string {
			if strings.HasPrefix(service, "HTTP/") {
				return realm
			}
			return ""
		}}
	}
	cases := map[string]struct {
		reason string
		realms map[string]kdctest.Options
		mapped string // realm that [domain_realm] names
		at     string // realm that holds the service; "": no ticket is to be had
	}{
		"one step":  {"the user's KDC knows the realm", map[string]kdctest.Options{home: to("B"), "B": {}}, "", "B"},
		"two steps": {"a child's user at another child's host, by way of the root", map[string]kdctest.Options{home: to("B"), "B": to("C"), "C": {}}, "", "C"},
		"mapped":    {"krb5.conf knows the realm", map[string]kdctest.Options{home: {}, "B": {}}, "B", "B"},
		"circle":    {"two KDCs that each name the other", map[string]kdctest.Options{home: to("B"), "B": to(home)}, "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			kdcs, all := map[string]*kdctest.KDC{}, []*kdctest.KDC{}
			for realm, o := range c.realms {
				kdcs[realm] = kdctest.Start(t, realm, password, o)
				all = append(all, kdcs[realm])
			}
			conf := kdctest.Conf(all...)
			if c.mapped != "" {
				conf += "[domain_realm]\n .contoso.com = " + c.mapped + "\n"
			}
			_, token, err := client(t, user(conf)).Initiate(t.Context(), service, kerberos.Terms{Negotiate: true})
			if c.at != "" {
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				if who := shownBy(t, token, kdcs[c.at]); who != "fedroute@"+home {
					t.Errorf("%s: the service sees %s", c.reason, who)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "refer us on without end") {
				t.Errorf("%s: got %v", c.reason, err)
			}
			if n := kdcs[home].Asked(kdctest.TGS) + kdcs["B"].Asked(kdctest.TGS); n != 6 {
				t.Errorf("%d exchanges, want 6", n)
			}
		})
	}
}

// TestEveryByteOfATicketMayBeWrong inverts each byte of a KDC's answer in turn. The Kerberos
// library reads the answers and must not be trusted with any of them.
func TestEveryByteOfATicketMayBeWrong(t *testing.T) {
	for _, spoiled := range []string{kdctest.AS, kdctest.TGS} {
		t.Run(spoiled, func(t *testing.T) {
			var at, size atomic.Int64
			size.Store(1)
			k := kdctest.Start(t, home, password, kdctest.Options{Wire: func(kind string, framed []byte) []byte {
				if kind == spoiled && len(framed) > 300 { // a ticket, not the KDC's hints for making the key
					size.Store(int64(len(framed) - 4))
					framed[4+at.Load()%size.Load()] ^= 0xff
				}
				return framed
			}})
			u := user(kdctest.Conf(k))
			u.Keytab = k.UserKeytab(t, u.Name) // cheaper than a password
			refused, held := 0, client(t, u)
			for ; at.Load() < size.Load(); at.Add(1) {
				if _, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true}); err != nil {
					refused++
					continue
				}
				held = client(t, u) // a new client, because the old one holds the ticket
			}
			if refused < 300 {
				t.Errorf("%d of %d were refused: the test looks at nothing", refused, at.Load())
			}
		})
	}
}
