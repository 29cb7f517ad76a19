//go:build interop

package winrm_test

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/sim/pki"
	"github.com/fedroute/fedroute/internal/sim/wsman"
	"github.com/fedroute/fedroute/internal/sim/wsman/kerberos"
)

// pywinrm is a session as its users write it. It reads the protocol's options
// from its argument and prints what it got.
const pywinrm = `
import json, sys
import cryptography.hazmat.backends.openssl  # makes MD4 available to its NTLM
from winrm.protocol import Protocol
p = Protocol(**json.loads(sys.argv[1]))
shell = p.open_shell(codepage=65001)
got = []
for line, args in [("hostname", []), ("echo", ["Köln", "%USERNAME%"]), ("nosuch", []), ("powershell", ["-c", "x" * 3000])]:
    command = p.run_command(shell, line, args)
    out, err, code = p.get_command_output(shell, command)
    p.cleanup_command(shell, command)
    got.append([out.decode("utf-8"), err.decode("utf-8"), code])
p.close_shell(shell)
print(json.dumps(got))
`

// folder holds what clients want as files: authority, client certificate, key.
func (h *workerHost) folder(t *testing.T) string {
	t.Helper()
	leaf, err := h.ca.Issue(pki.Request{CommonName: "local", Client: true})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"ca.pem": h.ca.CertPEM(), "client.pem": leaf.CertPEM, "client.key": leaf.KeyPEM} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// withAddress makes the machine's certificate good for its address, too: these
// clients cannot be told another name.
func (h *workerHost) withAddress(t *testing.T) func(*wsman.Config) {
	t.Helper()
	return func(c *wsman.Config) {
		leaf, err := h.ca.Issue(pki.Request{CommonName: workerMachine, DNSNames: []string{"localhost"}, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}})
		if err != nil {
			t.Fatal(err)
		}
		if c.Certificate, err = leaf.TLS(); err != nil {
			t.Fatal(err)
		}
		c.ClientCAs = h.ca.Pool()
	}
}

// newClientHost is a console host whose certificate is good for localhost.
func newClientHost(t *testing.T, change func(*wsman.Config)) *workerHost {
	t.Helper()
	first := newWorkerHost(t, nil) // for its authority
	h := newConsoleHost(t, func(c *wsman.Config) {
		first.withAddress(t)(c)
		if change != nil {
			change(c)
		}
	})
	h.ca = first.ca
	return h
}

func (h *workerHost) localURL(scheme string) string {
	_, port, _ := net.SplitHostPort(h.Address())
	return scheme + "://localhost:" + port + wsman.Path
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.Output()
	if err != nil {
		var text []byte
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			text = exit.Stderr
		}
		t.Fatalf("%s: %v\n%s%s", cmd.Path, err, out, text)
	}
	return string(out)
}

func TestPywinrm(t *testing.T) {
	domain := map[string]any{"transport": "ntlm", "username": `CONTOSO\fedroute`, "password": "Grüße 2"}
	with := func(base map[string]any, key string, value any) map[string]any {
		m := map[string]any{key: value}
		for k, v := range base {
			m[k] = v
		}
		return m
	}
	tests := map[string]struct {
		reason    string
		transport wsman.Transport
		user      string
		options   map[string]any
	}{
		"Basic":       {"an account of the machine", wsman.HTTPS, "local", map[string]any{"transport": "basic", "username": "local", "password": "Grüße 1"}},
		"NTLM":        {"with MIC and channel binding", wsman.HTTPS, "fedroute", domain},
		"NTLMSealed":  {"messages encrypted inside TLS", wsman.HTTPS, "fedroute", with(domain, "message_encryption", "always")},
		"NTLMHTTP":    {"messages encrypted over http", wsman.PlainHTTP, "fedroute", domain},
		"Certificate": {"a client certificate", wsman.HTTPS, "local", map[string]any{"transport": "certificate"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "pywinrm, "+name+": "+tc.reason)
			t.Attr("with", "python3-winrm")
			h := newClientHost(t, func(c *wsman.Config) { c.Transport = tc.transport })
			dir := h.folder(t)
			scheme := "https"
			if tc.transport == wsman.PlainHTTP {
				scheme = "http"
			}
			o := with(tc.options, "endpoint", h.localURL(scheme))
			o["ca_trust_path"] = filepath.Join(dir, "ca.pem")
			if name == "Certificate" {
				o["cert_pem"], o["cert_key_pem"] = filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key")
			}
			judgePywinrm(t, o, tc.user, nil)
		})
	}
}

func judgePywinrm(t *testing.T, options map[string]any, user string, env []string) {
	t.Helper()
	arg, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", pywinrm, string(arg))
	cmd.Env = append(os.Environ(), env...)
	var got [][]any
	if err := json.Unmarshal([]byte(output(t, cmd)), &got); err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{"FE01\r\n", "", 0.0},
		{"Köln " + user + "\r\n", "", 0.0},
		{"", "'nosuch' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", 1.0},
		{strings.Repeat("x", 3000) + "|", "warning", 5.0},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestPywinrmOverKerberosDemandsProof(t *testing.T) {
	t.Attr("case", "pywinrm signs in by Kerberos and demands the server's proof")
	t.Attr("with", "python3-winrm krb5-kdc")
	k := startRealm(t)
	accept, err := kerberos.New(k.Service(t, "HTTP/localhost"), "HTTP/localhost")
	if err != nil {
		t.Fatal(err)
	}
	h := newClientHost(t, func(c *wsman.Config) {
		c.Kerberos = accept
		c.Accounts = people{{Name: "fedroute", Domain: realm, Groups: []string{wsman.Administrators}}}
	})
	k.Run(t, "", "kinit", "-c", "cache", "-k", "-t", k.KeytabFile(t, "fedroute"), "fedroute")
	env := append(k.Env, "KRB5CCNAME="+k.File("cache"))
	judgePywinrm(t, map[string]any{"endpoint": h.localURL("https"), "transport": "kerberos", "username": "fedroute",
		"ca_trust_path": filepath.Join(h.folder(t), "ca.pem")}, "fedroute", env)
}

func TestCurlLogsOnByNTLM(t *testing.T) {
	t.Attr("case", "curl signs in by NTLM on one connection")
	t.Attr("with", "curl")
	h := newClientHost(t, func(c *wsman.Config) { // curl's NTLM knows only ASCII
		c.Accounts = people{{Name: "fedroute", Domain: "CONTOSO", Password: "plain", Groups: []string{wsman.Administrators}}}
	})
	cmd := exec.Command("curl", "--silent", "--cacert", filepath.Join(h.folder(t), "ca.pem"), "--ntlm", "--user", `CONTOSO\fedroute:plain`,
		"--header", "Content-Type: application/soap+xml;charset=UTF-8", "--data", "<x/>", "--write-out", "%{http_code} %{num_connects}", h.localURL("https"))
	if got := output(t, cmd); !strings.Contains(got, `Code="2150858817"`) || !strings.HasSuffix(got, "500 1") {
		t.Errorf("%s", got)
	}
}

func TestAnsibleRunsACommand(t *testing.T) {
	t.Attr("case", "Ansible runs a raw command and gets its output and exit code")
	t.Attr("with", "ansible-core python3-winrm")
	h := newClientHost(t, nil)
	_, port, _ := net.SplitHostPort(h.Address())
	vars, err := json.Marshal(map[string]string{
		"ansible_connection": "winrm", "ansible_port": port, "ansible_winrm_scheme": "https", "ansible_winrm_transport": "ntlm",
		"ansible_user": `CONTOSO\fedroute`, "ansible_password": "Grüße 2", "ansible_winrm_ca_trust_path": filepath.Join(h.folder(t), "ca.pem"),
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/ansible", "all", "--inventory", "localhost,", "--module-name", "raw", "--args", "hostname", "--extra-vars", string(vars))
	cmd.Env = append(os.Environ(), "ANSIBLE_LOCAL_TEMP="+t.TempDir(), "ANSIBLE_HOME="+t.TempDir(), "LC_ALL=C.UTF-8")
	out, _ := cmd.CombinedOutput() // its exit code is the engine's, made into "failed"
	if got := string(out); !strings.Contains(got, "rc=5") || !strings.Contains(got, "hostname|") {
		t.Errorf("%s", got)
	}
}
