package winrm_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/winrm"
)

// mutualSignIn takes who shows a certificate and says that it is the sign-in.
func mutualSignIn(w http.ResponseWriter, r *http.Request) bool {
	ok := len(r.TLS.PeerCertificates) == 1 &&
		r.Header.Get("Authorization") == "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
	}
	return ok
}

// The host's refusal is an alert. In TLS 1.3 it comes after the handshake and may
// be overtaken by the close that follows, so those cases are capped.
func TestSignInByCertificate(t *testing.T) {
	cases := map[string]struct {
		reason string
		tlsMax uint16
		auth   tls.ClientAuthType
		method winrm.Method
		kind   fault.Kind
	}{
		"newest TLS":        {"the binding asks in the handshake", 0, tls.RequestClientCert, winrm.Certificate, ""},
		"TLS 1.2":           {"the cap for Windows Server 2022", tls.VersionTLS12, tls.RequestClientCert, winrm.Certificate, ""},
		"not asked for":     {"the host never sees a certificate", 0, tls.NoClientCert, winrm.Certificate, fault.Denied},
		"not accepted":      {"an authority that the host does not know", tls.VersionTLS12, tls.RequireAndVerifyClientCert, winrm.Certificate, fault.Denied},
		"none shown":        {"a password is no certificate", 0, tls.RequestClientCert, winrm.Basic, fault.Denied},
		"none shown, asked": {"the handshake fails", tls.VersionTLS12, tls.RequireAnyClientCert, winrm.Basic, fault.Denied},
	}
	shown := selfSigned(t, "127.0.0.1", time.Hour)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, echo)
			h.signIn = mutualSignIn
			h.TLS.ClientAuth = c.auth
			endpoint := h.endpoint()
			endpoint.TLSMax = c.tlsMax
			mine := credentials(c.method)
			mine.Certificate = &shown
			w, err := winrm.Dial(t.Context(), endpoint, mine, winrm.Options{})
			if fault.KindOf(err) != c.kind {
				t.Fatalf("%s: got %s: %v; want %q", c.reason, fault.KindOf(err), err, c.kind)
			}
			if err == nil {
				call(t, w, nil)
				_ = w.Close(t.Context())
			}
		})
	}
}
