package kerberos_test

import (
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
)

// TestHostileKDCHarmsItsOwnObjectOnly: a user who may write a krb5.conf chooses the KDC. Whatever
// that KDC answers, the only effect is an error of this user's object. The error comes soon and
// costs little memory.
func TestHostileKDCHarmsItsOwnObjectOnly(t *testing.T) {
	const unsalted = 23 // rc4-hmac: its key, made without a salt, is quickly guessed
	cases := map[string]struct {
		reason string
		does   kdctest.Options
		kind   fault.Kind
		says   string
	}{
		"ticket for nobody": {"the library panics", kdctest.Options{Spoil: kdctest.Nameless(kdctest.TGS)}, fault.Denied, "none that can be taken"},
		"no hints":          {"the library panics", kdctest.Options{Hints: types.ETypeInfo2{}}, fault.Denied, "none that can be taken"},
		"4 GiB":             {"the library would make room for all", kdctest.Options{Wire: claims(1<<32 - 1)}, fault.Denied, "none that can be taken"},
		"too long":          {"nothing is read beyond the bound", kdctest.Options{Wire: claims(256<<10 + 1)}, fault.Denied, "none that can be taken"},
		"no end":            {"it never sends what it said", kdctest.Options{Wire: claims(256 << 10)}, fault.Unreachable, "no KDC of the realm answers"},
		"nothing":           {"an answer of no bytes", kdctest.Options{Wire: claims(0)}, fault.Denied, "none that can be taken"},
		"much work":         {"a key that takes days to make", kdctest.Options{Hints: types.ETypeInfo2{{EType: 18, S2KParams: []byte{0x7f, 0, 0, 0}}}}, fault.Denied, "none that can be taken"},
		"most work":         {"0 stands for the most", kdctest.Options{Hints: types.ETypeInfo2{{EType: 18, S2KParams: []byte{0, 0, 0, 0}}}}, fault.Denied, "none that can be taken"},
		"weak key":          {"we offered none of these", kdctest.Options{Hints: types.ETypeInfo2{{EType: unsalted}}}, fault.Denied, "no encryption type in common"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k := kdctest.Start(t, home, password, c.does)
			held := client(t, user("[libdefaults]\n default_tkt_enctypes = aes256-cts-hmac-sha1-96\n"+kdctest.Conf(k)))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true})
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatalf("%s: it was believed", c.reason)
			}
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: got %s: %v; want %s with %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 || took > time.Minute {
				t.Errorf("%s: %d bytes and %s", c.reason, used, took)
			}
			if all := stacks(); strings.Contains(all, "gokrb5") {
				t.Errorf("%s: a goroutine of the library is left:\n%s", c.reason, all)
			}
		})
	}
}

// TestLibraryStartsNoGoroutine: the Kerberos library starts no goroutine, neither at a sign-in nor
// at a referral to another realm. A panic there would end the process.
func TestLibraryStartsNoGoroutine(t *testing.T) {
	refers := kdctest.Options{Refer: func(service string) string {
		if strings.HasPrefix(service, "HTTP/") {
			return "B"
		}
		return ""
	}}
	k, far := kdctest.Start(t, home, password, refers), kdctest.Start(t, "B", password, kdctest.Options{})
	held := client(t, user(kdctest.Conf(k, far)))
	if _, _, err := held.Initiate(t.Context(), service, kerberos.Terms{Negotiate: true}); err != nil {
		t.Fatal(err)
	}
	if all := stacks(); strings.Contains(all, "gokrb5") {
		t.Errorf("a goroutine of the library is left:\n%s", all)
	}
	runtime.KeepAlive(held)
}

func stacks() string {
	all := make([]byte, 1<<20)
	return string(all[:runtime.Stack(all, true)])
}

// claims changes an answer's header so that it announces n bytes. The bytes that follow stay as
// they are.
func claims(n uint32) func(string, []byte) []byte {
	return func(_ string, framed []byte) []byte {
		return append(binary.BigEndian.AppendUint32(nil, n), framed[4:]...)
	}
}
