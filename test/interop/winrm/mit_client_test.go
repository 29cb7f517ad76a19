//go:build interop

package winrm_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/lyncsim/wsman/kerberos"
	"github.com/fedroute/fedroute/test/support/kdc"
)

// TestMITSignsInAndSeals has a client of MIT's GSS-API judge the simulated host: how the host
// seals, what it makes of a forwarded ticket, and which channel bindings it takes.
func TestMITSignsInAndSeals(t *testing.T) {
	k := kdc.Start(t, realm, kdc.Options{})
	k.User(t, "fedroute", "correct")
	k.Service(t, principal)
	conf := filepath.Join(t.TempDir(), "krb5.conf")
	text := strings.Replace(k.Conf, "[libdefaults]", "[libdefaults]\n forwardable = true", 1)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sealedWell, inside, refused := []int{200, 200, 200}, []int{200, 200, 200}, []int{401}
	cases := map[string]struct {
		reason    string
		transport wsman.Transport
		level     wsman.BindingLevel
		options   map[string]any
		want      []int
		signIn    identity.SignIn
	}{
		"sealed":          {"messages of both directions open at the other end", wsman.PlainHTTP, "", map[string]any{"mechanism": "spnego"}, sealedWell, identity.NetworkLogon},
		"sealed, bare":    {"without SPNEGO, too", wsman.PlainHTTP, "", map[string]any{"mechanism": "krb5"}, sealedWell, identity.NetworkLogon},
		"forwarded":       {"a forwarded ticket is noticed", wsman.PlainHTTP, "", map[string]any{"mechanism": "spnego", "delegate": true}, sealedWell, identity.ForwardedTicket},
		"bound":           {"the binding is this connection's", wsman.HTTPS, wsman.BindingStrict, map[string]any{"mechanism": "spnego", "binding": "own"}, inside, identity.NetworkLogon},
		"bound elsewhere": {"the binding is another connection's", wsman.HTTPS, "", map[string]any{"mechanism": "spnego", "binding": "wrong"}, refused, ""},
		"not bound":       {"Relaxed takes a sign-in without a binding", wsman.HTTPS, "", map[string]any{"mechanism": "spnego", "binding": "none"}, inside, identity.NetworkLogon},
		"must be bound":   {"Strict does not", wsman.HTTPS, wsman.BindingStrict, map[string]any{"mechanism": "spnego", "binding": "none"}, refused, ""},
		"nobody looks":    {"with None nobody looks", wsman.HTTPS, wsman.BindingNone, map[string]any{"mechanism": "spnego", "binding": "wrong"}, inside, identity.NetworkLogon},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "MIT Kerberos' client, "+name+": "+c.reason)
			t.Attr("with", "python3-gssapi")
			accept, err := kerberos.New(k.Keytab(t, principal), []string{principal})
			if err != nil {
				t.Fatal(err)
			}
			signedIn := make(chan identity.SignIn, 1)
			h := newWorkerHost(t, func(config *wsman.Config) {
				config.Transport, config.ChannelBinding, config.Kerberos = c.transport, c.level, accept
				config.Program = telling{quiet{}, signedIn}
				config.Accounts = people{{Name: "fedroute", Domain: realm, Groups: []identity.Group{{SID: identity.Administrators}}}}
			})
			options := map[string]any{"address": h.Address(), "user": "fedroute", "password": "correct", "service": principal, "delegate": false, "binding": "none"}
			for key, v := range c.options {
				options[key] = v
			}
			if c.transport == wsman.HTTPS {
				options["authority"] = h.authorityFile(t)
			}
			arg, err := json.Marshal(options)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("/usr/bin/python3", "../../data/gssapi/client.py", string(arg))
			cmd.Env = append(os.Environ(), "KRB5_CONFIG="+conf, "KRB5CCNAME=MEMORY:")
			var got []int
			if err := json.Unmarshal([]byte(output(t, cmd)), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", c.reason, diff)
			}
			if len(c.want) == 1 {
				return
			}
			if how := <-signedIn; how != c.signIn {
				t.Errorf("%s: the session signed in as %q, want %q", c.reason, how, c.signIn)
			}
		})
	}
}

// quiet is a program that does nothing.
type quiet struct{}

// Run implements wsman.Program.
func (quiet) Run(context.Context, wsman.Process) int { return 0 }
