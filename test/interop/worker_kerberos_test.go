//go:build interop

package interop

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/sim/wsman"
	"github.com/fedroute/fedroute/internal/sim/wsman/kerberos"
	"github.com/fedroute/fedroute/internal/winrm"
)

const (
	realm     = "CONTOSO.COM"
	principal = "HTTP/" + workerMachine
)

// kdc is a MIT Kerberos KDC for one test, on loopback.
type kdc struct {
	t      *testing.T
	folder string
	conf   string // text of krb5.conf
	log    string // its file
}

func startKDC(t *testing.T) *kdc {
	t.Helper()
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := port.Addr().String()
	_ = port.Close()
	k := &kdc{t: t, folder: t.TempDir()}
	k.log = filepath.Join(k.folder, "kdc.log")
	k.conf = fmt.Sprintf("[libdefaults]\n default_realm = %[1]s\n dns_lookup_kdc = false\n[realms]\n %[1]s = {\n  kdc = %[2]s\n }\n", realm, address)
	k.write("krb5.conf", k.conf+fmt.Sprintf("[logging]\n kdc = FILE:%s\n", k.log))
	k.write("kdc.conf", fmt.Sprintf("[kdcdefaults]\n kdc_listen = %[2]s\n kdc_tcp_listen = %[2]s\n[realms]\n %[1]s = {\n  database_name = %[3]s/db\n  key_stash_file = %[3]s/stash\n  acl_file = %[3]s/acl\n }\n", realm, address, k.folder))
	k.run("kdb5_util", "create", "-s", "-P", "master", "-r", realm)
	k.run("kadmin.local", "-q", "addprinc -pw correct fedroute")
	k.run("kadmin.local", "-q", "addprinc -randkey "+principal)
	k.run("kadmin.local", "-q", "ktadd -norandkey -k "+k.folder+"/user.keytab fedroute")
	k.run("kadmin.local", "-q", "ktadd -norandkey -k "+k.folder+"/host.keytab "+principal)
	server := k.command("krb5kdc", "-n")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
			return k
		}
		runtime.Gosched()
	}
}

func (k *kdc) write(name, text string) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.folder, name), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kdc) command(name string, arguments ...string) *exec.Cmd {
	c := exec.Command(name, arguments...)
	c.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "KRB5_CONFIG=" + k.folder + "/krb5.conf", "KRB5_KDC_PROFILE=" + k.folder + "/kdc.conf"}
	return c
}

func (k *kdc) run(name string, arguments ...string) {
	k.t.Helper()
	if out, err := k.command(name, arguments...).CombinedOutput(); err != nil {
		k.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func (k *kdc) keytab(name string) []byte {
	k.t.Helper()
	b, err := os.ReadFile(filepath.Join(k.folder, name))
	if err != nil {
		k.t.Fatal(err)
	}
	return b
}

// asked counts exchanges of a kind in the KDC's log.
func (k *kdc) asked(kind string) int {
	text, _ := os.ReadFile(k.log)
	return strings.Count(string(text), kind+" (")
}

func newKerberosHost(t *testing.T, k *kdc) *workerHost {
	t.Helper()
	accept, err := kerberos.New(k.keytab("host.keytab"), principal)
	if err != nil {
		t.Fatal(err)
	}
	return newWorkerHost(t, func(c *wsman.Config) {
		c.Kerberos = accept
		c.Methods = []wsman.Method{wsman.Negotiate}
		c.Accounts = people{{Name: "fedroute", Domain: realm, Groups: []string{wsman.Administrators}}}
	})
}

func TestWorkerOverKerberos(t *testing.T) {
	k := startKDC(t)
	h := newKerberosHost(t, k)
	config := func(change func(*winrm.Credentials)) winrm.Credentials {
		c := winrm.Credentials{Method: winrm.Kerberos, Username: "fedroute", Password: "correct",
			Kerberos: &winrm.KerberosConfig{Realm: realm, Krb5Conf: k.conf, SPN: principal}}
		change(&c)
		return c
	}
	cases := map[string]struct {
		reason      string
		credentials winrm.Credentials
		kind        fault.Kind
		cause       string
	}{
		"password":        {"the usual", config(func(*winrm.Credentials) {}), "", ""},
		"keytab":          {"no password at all", config(func(c *winrm.Credentials) { c.Password, c.Kerberos.Keytab = "", k.keytab("user.keytab") }), "", ""},
		"wrong password":  {"the KDC finds out", config(func(c *winrm.Credentials) { c.Password = "wrong" }), fault.Denied, "password or key"},
		"unknown user":    {"the KDC has no such principal", config(func(c *winrm.Credentials) { c.Username = "who" }), fault.Denied, "does not know the user"},
		"unknown service": {"the host has no such name", config(func(c *winrm.Credentials) { c.Kerberos.SPN = "HTTP/fe99.contoso.com" }), fault.Denied, "HTTP/fe99.contoso.com"},
		"no KDC": {"nobody answers", config(func(c *winrm.Credentials) {
			c.Kerberos.Krb5Conf = strings.ReplaceAll(k.conf, "kdc = 127.0.0.1", "kdc = 127.0.0.77")
		}), fault.Unreachable, "no KDC"},
		"broken keytab": {"told without its bytes", config(func(c *winrm.Credentials) { c.Kerberos.Keytab = k.keytab("user.keytab")[:40] }), fault.Invalid, "keytab cannot be read"},
		"broken conf":   {"told before the wire", config(func(c *winrm.Credentials) { c.Kerberos.Krb5Conf = "[libdefaults]\n nonsense\n" }), fault.Invalid, "krb5.conf"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := h.Counters()
			as, tgs := k.asked("AS_REQ"), k.asked("TGS_REQ")
			w, err := winrm.Dial(t.Context(), h.endpoint(), c.credentials, winrm.Options{})
			if fault.KindOf(err) != c.kind || err != nil && !strings.Contains(err.Error(), c.cause) {
				t.Fatalf("%s: got %s: %v; want %s with %q", c.reason, fault.KindOf(err), err, c.kind, c.cause)
			}
			if err != nil {
				return
			}
			for range 20 {
				if _, err := w.Call(t.Context(), winrm.Request{Name: "Echo", Script: "echo"}); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if cost := h.Counters().Minus(before); cost.Connections != 2 || cost.Unauthorized != 0 {
				t.Errorf("%d connections and %d times 401; want 2 and none", cost.Connections, cost.Unauthorized)
			}
			// With a password the first AS exchange asks which key to derive.
			if as, tgs := k.asked("AS_REQ")-as, k.asked("TGS_REQ")-tgs; as > 2 || tgs != 1 {
				t.Errorf("%d AS and %d TGS exchanges for 20 calls; want at most 2 and 1", as, tgs)
			}
		})
	}
}

func TestKerberosWorkersLeaveNothingBehind(t *testing.T) {
	k := startKDC(t)
	h := newKerberosHost(t, k)
	before := runtime.NumGoroutine()
	for range 10 {
		w := h.dial(t, winrm.Credentials{Method: winrm.Kerberos, Username: "fedroute", Password: "correct",
			Kerberos: &winrm.KerberosConfig{Realm: realm, Krb5Conf: k.conf, SPN: principal}})
		if err := w.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before+2; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines more after 10 workers", runtime.NumGoroutine()-before)
		}
	}
}
