package kerberos_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
	"github.com/fedroute/fedroute/internal/reach"
)

// TestAScannerLearnsNoMore: krb5.conf names the KDCs. Who writes it learns whether a KDC
// answers there, and nothing of anything else that does.
func TestAScannerLearnsNoMore(t *testing.T) {
	all := reach.Known()
	if err := all.Set("1-65535"); err != nil {
		t.Fatal(err)
	}
	var loopback reach.CIDRs
	if err := loopback.Set("127.0.0.0/8"); err != nil {
		t.Fatal(err)
	}
	talks := func(text string) string {
		return kdctest.Conf(kdctest.Start(t, home, password, kdctest.Options{Wire: func(string, []byte) []byte { return []byte(text) }}))
	}
	real := kdctest.Conf(kdctest.Start(t, home, password, kdctest.Options{}))
	const absent = "no KDC of the realm answers"
	for name, c := range map[string]struct {
		conf   string
		within *reach.Policy
		kind   fault.Kind
		says   string
	}{
		"nobody listens":  {"[realms]\n " + home + " = {\n kdc = 127.0.0.1:1\n }\n", reach.New(reach.CIDRs{}, reach.CIDRs{}, all), fault.Unreachable, absent},
		"another service": {talks("SSH-2.0-OpenSSH_9.2\r\n"), reach.New(reach.CIDRs{}, reach.CIDRs{}, all), fault.Unreachable, absent},
		"of a few bytes":  {talks("\x00\x00\x00\x03SSH"), reach.New(reach.CIDRs{}, reach.CIDRs{}, all), fault.Unreachable, absent},
		"by DNS alone":    {"[libdefaults]\n dns_lookup_kdc = true\n", reach.New(reach.CIDRs{}, reach.CIDRs{}, all), fault.Unreachable, absent},
		"told":            {talks("\x00\x00\x00\x03SSH"), reach.New(reach.CIDRs{}, loopback, all), fault.Denied, "none that can be taken"},
		"denied":          {real, reach.New(loopback, reach.CIDRs{}, all), fault.Unreachable, "the manager may not connect to addresses in 127.0.0.0/8"},
		"not its port":    {real, reach.New(reach.CIDRs{}, reach.CIDRs{}, reach.Known()), fault.Unreachable, "is not among those that the manager may connect to"},
		"a KDC":           {real, reach.New(reach.CIDRs{}, reach.CIDRs{}, all), fault.Denied, "the password or keytab is wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			u := user(c.conf)
			u.Reach, u.Password = c.within, "another"
			_, _, err := client(t, u).Initiate(t.Context(), service, kerberos.Terms{Negotiate: true})
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %s: %v; want %s with %q", fault.KindOf(err), err, c.kind, c.says)
			}
		})
	}
}
