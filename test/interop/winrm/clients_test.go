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

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// pywinrm is a session as users of the library write it. It reads the protocol's options
// from its argument and prints the results.
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

// authorityFile is the authority's certificate as a file.
func (h *workerHost) authorityFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, h.ca.CertPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// newClientHost is a console host whose certificate is good for localhost, because these
// clients check the certificate against the name that they dial.
func newClientHost(t *testing.T, transport wsman.Transport) *workerHost {
	t.Helper()
	first := newWorkerHost(t, nil) // for its authority
	leaf, err := first.ca.Issue(pki.Request{CommonName: workerMachine, DNSNames: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := leaf.TLS()
	if err != nil {
		t.Fatal(err)
	}
	h := newConsoleHost(t, func(c *wsman.Config) { c.Certificate, c.Transport = shown, transport })
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

func TestPywinrmEncrypts(t *testing.T) {
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
		options   map[string]any
	}{
		"sealed":    {"messages encrypted inside TLS", wsman.HTTPS, with(domain, "message_encryption", "always")},
		"over http": {"messages encrypted over http", wsman.PlainHTTP, domain},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "pywinrm, NTLM "+name+": "+tc.reason)
			t.Attr("with", "python3-winrm")
			h := newClientHost(t, tc.transport)
			scheme := "https"
			if tc.transport == wsman.PlainHTTP {
				scheme = "http"
			}
			o := with(tc.options, "endpoint", h.localURL(scheme))
			o["ca_trust_path"] = h.authorityFile(t)
			judgePywinrm(t, o)
		})
	}
}

func judgePywinrm(t *testing.T, options map[string]any) {
	t.Helper()
	arg, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/python3", "-c", pywinrm, string(arg))
	var got [][]any
	if err := json.Unmarshal([]byte(output(t, cmd)), &got); err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{"FE01\r\n", "", 0.0},
		{"Köln fedroute\r\n", "", 0.0},
		{"", "'nosuch' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", 1.0},
		{strings.Repeat("x", 3000) + "|", "warning", 5.0},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
