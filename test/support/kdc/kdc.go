// Package kdc runs a MIT Kerberos KDC for one test.
package kdc

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/test/support/program"
)

// KDC is a realm with its server on loopback.
type KDC struct {
	program.Place
	Realm string
	Conf  string // the text of a krb5.conf for its clients
}

// Options change a realm.
type Options struct {
	// TicketLife is the longest life of a ticket, such as "10s"; a day when empty.
	TicketLife string
	// Domain is the DNS domain of the realm; empty means the realm's name in lower
	// case.
	Domain string
}

const conf = `[libdefaults]
 default_realm = %[1]s
 dns_lookup_realm = false
 dns_lookup_kdc = false
 rdns = false
[realms]
 %[1]s = {
  kdc = %[2]s
 }
[domain_realm]
 .%[3]s = %[1]s
 %[3]s = %[1]s
`

const serverConf = `[kdcdefaults]
 kdc_listen = %[2]s
 kdc_tcp_listen = %[2]s
[realms]
 %[1]s = {
  database_name = %[3]s/db
  key_stash_file = %[3]s/stash
  acl_file = %[3]s/acl
  max_life = %[4]s
  supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
 }
`

// Start runs the KDC of a realm until the test ends.
func Start(t testing.TB, realm string, o Options) *KDC {
	t.Helper()
	if o.TicketLife == "" {
		o.TicketLife = "24h"
	}
	if o.Domain == "" {
		o.Domain = strings.ToLower(realm)
	}
	address := program.FreeAddr(t, "127.0.0.1")
	k := &KDC{Place: program.In(t), Realm: realm, Conf: fmt.Sprintf(conf, realm, address, o.Domain)}
	k.Env = []string{"KRB5_CONFIG=" + k.File("krb5.conf"), "KRB5_KDC_PROFILE=" + k.File("kdc.conf")}
	k.Write(t, "krb5.conf", k.Conf+fmt.Sprintf("[logging]\n kdc = FILE:%s\n", k.File("kdc.log")))
	k.Write(t, "kdc.conf", fmt.Sprintf(serverConf, realm, address, k.Folder, o.TicketLife))
	k.Run(t, "", "kdb5_util", "create", "-s", "-P", "master", "-r", realm)
	k.Serve(t, func() bool { return program.Listens(address) }, "krb5kdc", "-n")
	return k
}

// User creates a principal with a password.
func (k *KDC) User(t testing.TB, name, password string) {
	t.Helper()
	k.Run(t, "", "kadmin.local", "-q", "addprinc -pw "+password+" "+name)
}

// Service creates a principal with a random key, such as HTTP/fe01.contoso.com, and
// gives its keytab.
func (k *KDC) Service(t testing.TB, name string) []byte {
	t.Helper()
	k.Run(t, "", "kadmin.local", "-q", "addprinc -randkey "+name)
	return k.Keytab(t, name)
}

// Keytab gives a keytab with the current keys of the principals.
func (k *KDC) Keytab(t testing.TB, names ...string) []byte {
	t.Helper()
	return k.Read(t, k.KeytabFile(t, names...))
}

// KeytabFile writes such a keytab into the folder and gives its file name there.
func (k *KDC) KeytabFile(t testing.TB, names ...string) string {
	t.Helper()
	file := strings.NewReplacer("/", "_", " ", "_").Replace(strings.Join(names, "+")) + ".keytab"
	_ = os.Remove(k.File(file))
	k.Run(t, "", "kadmin.local", "-q", "ktadd -norandkey -k "+k.File(file)+" "+strings.Join(names, " "))
	return file
}

// Asked counts exchanges of a kind, AS_REQ or TGS_REQ, in the KDC's log.
func (k *KDC) Asked(kind string) int {
	text, _ := os.ReadFile(k.File("kdc.log"))
	return strings.Count(string(text), kind+" (")
}
