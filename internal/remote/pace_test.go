package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAHostThatAnswersAtOnceIsPaced: one was seen to be asked 24,609 times in 12 seconds.
func TestAHostThatAnswersAtOnceIsPaced(t *testing.T) {
	cases := map[string]struct {
		reason  string
		octets  int
		takes   time.Duration // of each answer
		atLeast int           // answers in 12 seconds
		atMost  int
	}{
		"says nothing":    {"ten questions a second, after a burst", 0, 0, 100, burst + 121},
		"says little":     {"it is no better", 100, time.Millisecond, 100, burst + 121},
		"sends a reply":   {"a reply of megabytes comes as fast as it can", 100_000, time.Millisecond, 11_999, 12_001},
		"holds questions": {"as a host does that has nothing to say", 0, time.Second, 12, 12},
		"prints lines":    {"as a command does that tells what it does", 80, 100 * time.Millisecond, 119, 121},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var p Pace
				asked := 0
				for began := time.Now(); time.Since(began) < 12*time.Second; asked++ {
					time.Sleep(c.takes)
					if err := p.Wait(t.Context(), c.octets); err != nil {
						t.Fatal(err)
					}
				}
				if asked < c.atLeast || asked > c.atMost {
					t.Errorf("%s: it was asked %d times", c.reason, asked)
				}
			})
		})
	}
}

func TestAPacedSessionCanBeEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pace
		why := errors.New("closed")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		var err error
		for range burst + 1 {
			err = p.Wait(ctx, 0)
		}
		if !errors.Is(err, why) {
			t.Errorf("got %v", err)
		}
	})
}

// TestTheBurst: so many answers that say little follow each other at once, and the next one waits. An
// answer that is filled with output counts as none.
func TestTheBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pace
		waits := func(octets int) time.Duration {
			began := time.Now()
			if err := p.Wait(t.Context(), octets); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		for n := range burst {
			if waited := waits(little-1) + waits(little); waited != 0 {
				t.Fatalf("answer %d of %d waited for %s", n+1, burst, waited)
			}
		}
		if waited := waits(little - 1); waited != between {
			t.Errorf("the next one waited for %s", waited)
		}
	})
}

// TestPrints: credentials that differ in anything are others.
func TestPrints(t *testing.T) {
	base := Credentials{Method: NTLM, Username: "u", Password: "p"}
	certificate, other := base, base
	certificate.Certificate, other.Certificate = &tls.Certificate{Certificate: [][]byte{[]byte("a")}}, &tls.Certificate{Certificate: [][]byte{[]byte("b")}}
	kerberos, realm, config, keytab := base, base, base, base
	kerberos.Kerberos, realm.Kerberos = &KerberosConfig{Realm: "A"}, &KerberosConfig{Realm: "B"}
	config.Kerberos, keytab.Kerberos = &KerberosConfig{Realm: "A", Krb5Conf: "x"}, &KerberosConfig{Realm: "A", Keytab: []byte("x")}
	seen := map[any]string{}
	for name, c := range map[string]Credentials{"base": base, "method": {Method: Basic, Username: "u", Password: "p"}, "user": {Method: NTLM, Username: "v", Password: "p"}, "password": {Method: NTLM, Username: "u", Password: "q"},
		"certificate": certificate, "another certificate": other, "Kerberos": kerberos, "another realm": realm, "krb5.conf": config, "keytab": keytab} {
		if same := seen[c.Print()]; same != "" {
			t.Errorf("%s and %s have one print", name, same)
		}
		seen[c.Print()] = name
		if again := c; again.Print() != c.Print() {
			t.Errorf("%s has two prints", name)
		}
	}
}

// TestAScriptErrorNamesItsLine where PowerShell has told it.
func TestAScriptErrorNamesItsLine(t *testing.T) {
	for line, want := range map[int]string{0: "Read-It: it broke", 7: "Read-It line 7: it broke"} {
		if got := (&ScriptError{Script: "Read-It", Message: "it broke", Line: line}).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
