//go:build interop

package scenario_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/kdc"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

const (
	realZone     = "contoso.com" // the SIP domain of the one-site farm
	realRealm    = "CONTOSO.COM"
	realPassword = "Open-sesame.1"
)

// realServer is a DNS server program, set up as an administrator would set it up for
// fedroute.
type realServer struct {
	nameserver.Server
	host string // name in the server's Kerberos principal; "": TSIG signs the updates
	// key, narrow and wrong are the contents of the Secret: a key or account that may
	// change the zone, one that may not change the route's names, and one with a wrong
	// secret.
	key, narrow, wrong map[string]string
	// refusal and denial are the route's reasons and messages for narrow and wrong.
	refusal, denial saying
	// confirmed is the text that DNSPublished adds about the last update.
	confirmed string
	// uncut means that the server sees no zone cut below a delegation.
	uncut bool
}

// saying is a reason with texts from its message.
type saying struct {
	reason string
	words  []string
}

// realServers are the servers of the matrix, by the name in their cases.
var realServers = map[string]struct {
	packages string // from Debian
	start    func(*testing.T) realServer
}{
	"BIND":                {"bind9", func(t *testing.T) realServer { return byTSIG(t, "BIND") }},
	"Knot":                {"knot", func(t *testing.T) realServer { return byTSIG(t, "Knot") }},
	"PowerDNS":            {"pdns-server", func(t *testing.T) realServer { return byTSIG(t, "PowerDNS") }},
	"BIND with Kerberos":  {"bind9 krb5-kdc", byKerberos},
	"Samba AD with BIND":  {"samba bind9", func(t *testing.T) realServer { return byDirectory(t, nameserver.BIND9DLZ) }},
	"Samba AD by its own": {"samba", func(t *testing.T) realServer { return byDirectory(t, nameserver.SambaInternal) }},
}

var (
	byPolicy = saying{v1alpha1.ReasonRefused, []string{"policy does not allow this change (REFUSED)", "nothing was changed", "allow the key to change these names"}}
	byLogin  = saying{v1alpha1.ReasonDenied, []string{"the password or keytab is wrong", "nothing was changed", "store the right one in the secret"}}
)

func byTSIG(t *testing.T, program string) realServer {
	t.Helper()
	s := realServer{Server: nameserver.Programs[program].Start(t, nameserver.Options{Zone: realZone}), refusal: byPolicy, key: tsigKey()}
	s.narrow, s.wrong = maps.Clone(s.key), maps.Clone(s.key)
	s.narrow["name"] = "narrow"
	s.wrong["secret"] = "bm90IHRoZSBzZWNyZXQgb2YgdGhpcyBrZXkgYXQgYWxsIQ=="
	s.denial = saying{v1alpha1.ReasonDenied, []string{"does not accept the signature of key upd (BADSIG)", "nothing was changed", "compare the secret with the server's"}}
	switch program {
	case "Knot": // reports a key without rights as an unknown key
		s.refusal = saying{v1alpha1.ReasonDenied, []string{"does not know key narrow (BADKEY)", "nothing was changed"}}
	case "PowerDNS": // gives no reason, and its answer has no signature that shows who gave it
		s.denial = saying{v1alpha1.ReasonRefused, []string{"its answer is not signed, so it may not know the key upd", "nothing was changed"}}
	}
	return s
}

// byKerberos is a BIND whose update policy names users of an MIT realm.
func byKerberos(t *testing.T) realServer {
	t.Helper()
	realm := kdc.Start(t, realRealm, kdc.Options{})
	realm.User(t, "fedroute", realPassword)
	realm.User(t, "stranger", realPassword)
	realm.Service(t, "DNS/ns1."+realZone)
	s := nameserver.StartBIND(t, nameserver.BINDOptions{
		Options:    nameserver.Options{Zone: realZone},
		Statements: fmt.Sprintf("tkey-gssapi-keytab %q;", realm.File(realm.KeytabFile(t, "DNS/ns1."+realZone))),
		Policy:     fmt.Sprintf("grant upd zonesub ANY; grant fedroute@%s zonesub ANY;", realRealm),
	})
	return withAccounts(realServer{Server: s, host: "ns1." + realZone, refusal: byPolicy, denial: byLogin}, realm.Conf)
}

// byDirectory is an Active Directory domain. The account is one that may administer DNS,
// because it moves records of other accounts.
func byDirectory(t *testing.T, b nameserver.Backend) realServer {
	t.Helper()
	d := nameserver.StartSamba(t, b, nameserver.Options{Zone: realZone})
	d.User(t, "fedroute", realPassword, "DnsAdmins")
	d.User(t, "stranger", realPassword)
	s := realServer{Server: d.Server, host: d.Host, refusal: byPolicy, denial: byLogin}
	if b == nameserver.SambaInternal {
		s.uncut = true
		s.confirmed = "; when zone contoso.com was updated the signature of the server's reply did not verify; confirmed by reading back"
		// Samba reports missing rights on a record as a failure of its own.
		s.refusal = saying{v1alpha1.ReasonUnreachable, []string{"missing rights on the record", "SERVFAIL", "nothing was changed"}}
	}
	return withAccounts(s, d.Conf)
}

func withAccounts(s realServer, krb5 string) realServer {
	s.key = map[string]string{"realm": realRealm, "username": "fedroute", "password": realPassword, "krb5.conf": krb5}
	s.narrow, s.wrong = maps.Clone(s.key), maps.Clone(s.key)
	s.narrow["username"] = "stranger"
	s.wrong["password"] = "Not-the-password.1"
	return s
}
