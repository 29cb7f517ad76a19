//go:build interop

package winrm_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/test/support/kdc"
)

// guarded is an endpoint that MIT Kerberos guards through python3-gssapi.
type guarded struct {
	endpoint remote.Endpoint
	said     *bufio.Scanner
}

// verdict is what the endpoint says about a sign-in.
type verdict struct {
	User, Bearer, Refused string
	Flags                 int // of the context, RFC 4121 section 4.1.1.1
}

const otherService = "MSSQLSvc/sql.contoso.com"

// guard starts the endpoint. binding is "own", "wrong" or "none"; "" means http.
func guard(t *testing.T, k *kdc.KDC, binding string) *guarded {
	t.Helper()
	return guardWith(t, binding, map[string]string{
		"service": principal + "@" + realm, "keytab": k.File(k.KeytabFile(t, principal)),
		"other": otherService + "@" + realm, "otherKeytab": k.File(k.KeytabFile(t, otherService)),
	}, k.Env, "/usr/bin/python3", "acceptor.py")
}

// guardWith starts a script that is an endpoint.
func guardWith(t *testing.T, binding string, arguments map[string]string, env []string, python, script string) *guarded {
	t.Helper()
	arguments["binding"] = binding
	g := &guarded{endpoint: remote.Endpoint{ServerName: workerMachine}}
	scheme := "http"
	if binding != "" {
		scheme = "https"
		first := newWorkerHost(t, nil) // for its authority
		leaf, err := first.ca.Issue(pki.Request{CommonName: workerMachine, DNSNames: []string{workerMachine}})
		if err != nil {
			t.Fatal(err)
		}
		g.endpoint.Roots = first.ca.Pool()
		for name, text := range map[string][]byte{"certificate": leaf.CertPEM, "key": leaf.KeyPEM} {
			arguments[name] = filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(arguments[name], text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	text, err := json.Marshal(arguments)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, script, string(text))
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	g.said = bufio.NewScanner(out)
	var ready struct{ Port int }
	g.read(t, &ready)
	g.endpoint.URL = fmt.Sprintf("%s://127.0.0.1:%d/wsman", scheme, ready.Port)
	return g
}

func (g *guarded) read(t *testing.T, into any) {
	t.Helper()
	if !g.said.Scan() {
		t.Fatal("the endpoint ended")
	}
	if err := json.Unmarshal(g.said.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}

func (g *guarded) verdict(t *testing.T) (v verdict) {
	t.Helper()
	g.read(t, &v)
	return v
}

func gssapiRealm(t *testing.T) *kdc.KDC {
	t.Helper()
	k := startRealm(t)
	k.Service(t, otherService)
	return k
}

func byKerberos(k *kdc.KDC) remote.Credentials {
	return remote.Credentials{Method: remote.Kerberos, Username: "fedroute", Password: "correct", Kerberos: &remote.KerberosConfig{Realm: realm, Krb5Conf: k.Conf}}
}

// talk sends envelopes of several sizes and wants each back.
func talk(t *testing.T, at remote.Endpoint, who remote.Credentials) error {
	t.Helper()
	c, err := winrm.Connect(at, who, winrm.Options{})
	if err != nil {
		return err
	}
	defer c.Close()
	for _, size := range []int{0, 1, 15, 16, 17, 5000, 100_000} {
		envelope := "<Envelope>" + strings.Repeat("ä", size) + "</Envelope>"
		got, err := c.Exchange(t.Context(), envelope)
		if err != nil {
			return winrm.Explain("send to", "the endpoint", err)
		}
		if string(got) != envelope {
			t.Errorf("%d octets came back as %d", len(envelope), len(got))
		}
	}
	return nil
}

func TestMITKerberosOpensOurSeals(t *testing.T) {
	t.Attr("case", "MIT Kerberos opens the client's sealed messages over http, and the client opens those of MIT Kerberos")
	t.Attr("with", "krb5-kdc python3-gssapi")
	k := gssapiRealm(t)
	g := guard(t, k, "")
	if err := talk(t, g.endpoint, byKerberos(k)); err != nil {
		t.Fatal(err)
	}
	v := g.verdict(t)
	const mutual, replay, confidentiality, integrity = 2, 4, 16, 32
	if wanted := mutual | replay | confidentiality | integrity; v.Flags&wanted != wanted {
		t.Errorf("the context has the flags %b, want %b", v.Flags, wanted)
	}
	if v.User != "fedroute@"+realm || v.Bearer != "" {
		t.Errorf("%+v: want the user, and no ticket that could be used elsewhere", v)
	}
}

func TestMITKerberosChecksOurBinding(t *testing.T) {
	cases := map[string]struct {
		binding, reason string
		refused         string
	}{
		"the endpoint's own":     {"own", "the sign-in came over the connection it is for", ""},
		"another connection's":   {"wrong", "somebody passes the sign-in on", "BadChannelBindingsError"},
		"an endpoint without it": {"none", "it does not look", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "Channel binding judged by MIT Kerberos, "+name+": "+c.reason)
			t.Attr("with", "krb5-kdc python3-gssapi")
			k := gssapiRealm(t)
			g := guard(t, k, c.binding)
			err := talk(t, g.endpoint, byKerberos(k))
			if v := g.verdict(t); v.Refused != c.refused || (err == nil) != (c.refused == "") {
				t.Errorf("%s: %+v, %v", c.reason, v, err)
			}
			if c.refused != "" && !fault.Is(err, fault.Denied) {
				t.Errorf("%v: want Denied", err)
			}
		})
	}
}

func TestMITKerberosUsesTheTicketHandedOver(t *testing.T) {
	for _, binding := range []string{"", "own"} {
		for _, delegate := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s %v", binding, delegate), func(t *testing.T) {
				way := map[string]string{"": "http", "own": "https"}[binding]
				t.Attr("case", fmt.Sprintf("A ticket handed over by %s, delegate %v: MIT Kerberos gets a ticket for another service with it, or has none", way, delegate))
				t.Attr("with", "krb5-kdc python3-gssapi")
				k := gssapiRealm(t)
				g := guard(t, k, binding)
				g.endpoint.Delegate = delegate
				if err := talk(t, g.endpoint, byKerberos(k)); err != nil {
					t.Fatal(err)
				}
				want := map[bool]string{true: "fedroute@" + realm}[delegate]
				if v := g.verdict(t); v.Bearer != want {
					t.Errorf("another service sees the bearer as %q, want %q", v.Bearer, want)
				}
			})
		}
	}
}

func TestMITKerberosGivesNoTicketToHandOver(t *testing.T) {
	t.Attr("case", "An account whose tickets may not be handed over: the client signs in nowhere and says why")
	t.Attr("with", "krb5-kdc python3-gssapi")
	k := gssapiRealm(t)
	k.Run(t, "", "kadmin.local", "-q", "modprinc -allow_forwardable fedroute")
	g := guard(t, k, "own")
	if err := talk(t, g.endpoint, byKerberos(k)); err != nil {
		t.Errorf("nothing is to be handed over: %v", err)
	}
	g.endpoint.Delegate = true
	if err := talk(t, g.endpoint, byKerberos(k)); !fault.Is(err, fault.Denied) || !strings.Contains(fault.Sentence(err), "remove delegate") {
		t.Errorf("%v: want to be told what to change", err)
	}
}
