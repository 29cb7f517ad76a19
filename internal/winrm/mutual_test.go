package winrm_test

import (
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// mutualSignIn accepts a client that shows a certificate and names it as its sign-in in the header.
// It insists on TLS 1.2, in which a server can ask for the certificate after the handshake.
func mutualSignIn(w http.ResponseWriter, r *http.Request) bool {
	ok := len(r.TLS.PeerCertificates) == 1 && r.TLS.Version == tls.VersionTLS12 &&
		r.Header.Get("Authorization") == "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
	}
	return ok
}

func TestSignInByCertificate(t *testing.T) {
	cases := map[string]struct {
		reason string
		auth   tls.ClientAuthType
		method remote.Method
		newest uint16 // of the host's TLS
		kind   fault.Kind
	}{
		"asked for":         {"the binding asks in the handshake", tls.RequestClientCert, remote.Certificate, 0, ""},
		"not asked for":     {"the host never sees a certificate", tls.NoClientCert, remote.Certificate, 0, fault.Denied},
		"not accepted":      {"an authority that the host does not know", tls.RequireAndVerifyClientCert, remote.Certificate, 0, fault.Denied},
		"none shown":        {"a password is no certificate", tls.RequestClientCert, remote.Basic, 0, fault.Denied},
		"none shown, asked": {"the handshake fails", tls.RequireAnyClientCert, remote.Basic, tls.VersionTLS12, fault.Denied},
	}
	shown := selfSigned(t, "127.0.0.1", time.Hour)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, echo)
			h.signIn = mutualSignIn
			h.TLS.ClientAuth = c.auth
			h.TLS.MaxVersion = c.newest
			mine := credentials(c.method)
			mine.Certificate = &shown
			w, err := winrm.Dial(t.Context(), h.endpoint(), mine, winrm.Options{})
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
