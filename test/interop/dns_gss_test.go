//go:build interop

package interop

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
)

const krb5Conf = `[libdefaults]
	default_realm = CONTOSO.TEST
	dns_lookup_realm = false
	dns_lookup_kdc = false
	rdns = false
	ticket_lifetime = 1h
[realms]
	CONTOSO.TEST = {
		kdc = %s
	}
[domain_realm]
	.contoso.test = CONTOSO.TEST
`

const kdcConf = `[kdcdefaults]
	kdc_listen = %[2]s
	kdc_tcp_listen = %[2]s
[realms]
	CONTOSO.TEST = {
		database_name = %[1]s/principal
		key_stash_file = %[1]s/stash
		acl_file = %[1]s/kadm5.acl
		supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
	}
[logging]
	kdc = FILE:%[1]s/kdc.log
`

// dnsRealm is an MIT KDC with a user and a DNS server's principal.
type dnsRealm struct {
	folder string
	config string // the text of krb5.conf
	env    []string
}

func startDNSRealm(t *testing.T) dnsRealm {
	t.Helper()
	kdc := dnsFreeAddr(t, "127.0.0.1")
	r := dnsRealm{folder: t.TempDir(), config: fmt.Sprintf(krb5Conf, kdc)}
	dnsWrite(t, r.folder, "krb5.conf", r.config)
	dnsWrite(t, r.folder, "kdc.conf", fmt.Sprintf(kdcConf, r.folder, kdc))
	r.env = []string{"KRB5_CONFIG=" + filepath.Join(r.folder, "krb5.conf"), "KRB5_KDC_PROFILE=" + filepath.Join(r.folder, "kdc.conf")}
	r.run(t, "kdb5_util", "create", "-s", "-r", "CONTOSO.TEST", "-P", "master")
	for _, query := range []string{
		"addprinc -pw open-sesame updater", "addprinc -randkey DNS/ns1.contoso.test", "ktadd -k server.keytab DNS/ns1.contoso.test",
		"addprinc -randkey robot", "ktadd -k robot.keytab robot", "addprinc -pw open-sesame stranger",
	} {
		r.run(t, "kadmin.local", "-q", query)
	}
	log := new(bytes.Buffer)
	cmd := exec.Command(dnsProgram(t, "krb5kdc"), "-n")
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.folder, append(os.Environ(), r.env...), log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", kdc)
		if err == nil {
			conn.Close()
			return r
		}
		if time.Now().After(deadline) {
			t.Fatalf("the KDC does not answer: %s", log)
		}
	}
}

func (r dnsRealm) run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(dnsProgram(t, name), args...)
	cmd.Dir, cmd.Env = r.folder, append(os.Environ(), r.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// startSecureBIND starts a BIND that takes updates of Kerberos users only.
func startSecureBIND(t *testing.T, r dnsRealm, addr string) (dnsServer, func()) {
	t.Helper()
	s := dnsServer{addr: addr, folder: t.TempDir()}
	host, port, _ := net.SplitHostPort(addr)
	zone := fmt.Sprintf(`zone %q { type primary; file "zone"; update-policy {
		grant updater@CONTOSO.TEST zonesub ANY; grant robot@CONTOSO.TEST subdomain robot.contoso.test. ANY; }; };`, dnsZone)
	dnsWrite(t, s.folder, "zone", zoneText(addr))
	options := fmt.Sprintf("notify no; tkey-gssapi-keytab %q;", filepath.Join(r.folder, "server.keytab"))
	dnsWrite(t, s.folder, "named.conf", fmt.Sprintf(bindConfig, host, port, dnsSecret, options, zone))
	return s, dnsServe(t, s, r.env, "named", "-c", "named.conf", "-g")
}

// gssWriter signs as a user. The server is known by address; its name is only in its principal.
func gssWriter(t *testing.T, s dnsServer, k rfc2136.Kerberos) *rfc2136.Writer {
	t.Helper()
	if k.Host == "" {
		k.Host = "ns1.contoso.test"
	}
	k.Realm = "CONTOSO.TEST"
	signer, err := rfc2136.GSS(k)
	if err != nil {
		t.Fatal(err)
	}
	w, err := rfc2136.NewWriter(s.config(), signer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func TestDNSKerberos(t *testing.T) {
	kdc := startDNSRealm(t)
	addr := dnsFreeAddr(t, "127.0.0.1")
	s, stop := startSecureBIND(t, kdc, addr)
	r := dnsReader(t, s.config())
	w := gssWriter(t, s, rfc2136.Kerberos{Username: "updater", Password: "open-sesame", Config: kdc.config})
	host := dnsSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.20")
	service := dnsSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 sip.contoso.test")
	for _, want := range [][]dns.RRSet{{host, service}, {dnsSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.30")}, {host}} {
		before := time.Now()
		if err := dnsMove(t.Context(), r, w, want...); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		t.Logf("%s in %s", want, time.Since(before).Round(time.Millisecond))
		dnsPublished(t, r, want...)
	}

	stop()
	s, _ = startSecureBIND(t, kdc, addr)
	if err := dnsMove(t.Context(), r, w, host); err != nil {
		t.Errorf("a restarted server has forgotten the context, a new one is agreed on: %s", fault.Sentence(err))
	}
	dnsPublished(t, r, host)

	keytab, err := os.ReadFile(filepath.Join(kdc.folder, "robot.keytab"))
	if err != nil {
		t.Fatal(err)
	}
	robot := gssWriter(t, s, rfc2136.Kerberos{Username: "robot", Keytab: keytab, Config: kdc.config})
	own := dnsSet(t, "a.robot.contoso.test", dns.A, 60, "192.0.2.40")
	if err := dnsMove(t.Context(), r, robot, own); err != nil {
		t.Errorf("with a keytab: %s", fault.Sentence(err))
	}
	if err := dnsMove(t.Context(), r, robot, dnsSet(t, "sip.contoso.test", dns.A, 60, "192.0.2.50")); !fault.Is(err, fault.Refused) {
		t.Errorf("another user's name: got %v, want Refused", err)
	}
}

func TestDNSKerberosRefusals(t *testing.T) {
	kdc := startDNSRealm(t)
	s, _ := startSecureBIND(t, kdc, dnsFreeAddr(t, "127.0.0.1"))
	closed := fmt.Sprintf(krb5Conf, dnsFreeAddr(t, "127.0.0.1"))
	cases := map[string]struct {
		who  rfc2136.Kerberos
		want fault.Kind
	}{
		"wrong password": {rfc2136.Kerberos{Username: "updater", Password: "wrong", Config: kdc.config}, fault.Denied},
		"no such user":   {rfc2136.Kerberos{Username: "nobody", Password: "open-sesame", Config: kdc.config}, fault.Denied},
		"not a keytab":   {rfc2136.Kerberos{Username: "robot", Keytab: []byte("nonsense"), Config: kdc.config}, fault.Invalid},
		"no such server": {rfc2136.Kerberos{Username: "updater", Password: "open-sesame", Config: kdc.config, Host: "ns9.contoso.test"}, fault.Invalid},
		"no rights":      {rfc2136.Kerberos{Username: "stranger", Password: "open-sesame", Config: kdc.config}, fault.Refused},
		"KDC down":       {rfc2136.Kerberos{Username: "updater", Password: "open-sesame", Config: closed}, fault.Unreachable},
	}
	change := []dns.Change{{From: dnsSet(t, "new.contoso.test", dns.A, 0), To: dnsSet(t, "new.contoso.test", dns.A, 60, "192.0.2.1")}}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := gssWriter(t, s, tc.who).Write(ctx, change)
			if got := fault.KindOf(err); got != tc.want {
				t.Errorf("got %q (%v), want %q", got, err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "open-sesame") {
				t.Errorf("the message shows the password: %v", err)
			}
			t.Log(fault.Sentence(err))
		})
	}
}
