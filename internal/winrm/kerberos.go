package winrm

import (
	"context"
	"net/http"
	"strings"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/spnego"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
	"github.com/fedroute/fedroute/internal/remote"
)

const (
	opSignIn = "sign in at"
	opTicket = "get a Kerberos ticket for"
)

// kerberosSigner signs in with one Kerberos client per worker: one AS and one
// TGS exchange for all its connections, tickets renewed and forgotten with it.
type kerberosSigner struct {
	spn string
	// client holds the client while nobody uses it. The library cannot be
	// interrupted, so waiting for it must be.
	client chan *client.Client
}

func newKerberosSigner(c remote.Credentials, host string) (authenticator, error) {
	settings, err := krb5Config(host, c.Kerberos)
	if err != nil {
		return nil, err
	}
	// Active Directory knows nothing of FAST armor as MIT asks for it.
	options := client.DisablePAFXFAST(true)
	held := client.NewWithPassword(c.Username, c.Kerberos.Realm, c.Password, settings, options)
	if len(c.Kerberos.Keytab) > 0 {
		keys, err := kerberos.ReadKeytab(opSignIn, host, c.Kerberos.Keytab)
		if err != nil {
			return nil, err
		}
		held = client.NewWithKeytab(c.Username, c.Kerberos.Realm, keys, settings, options)
	}
	s := &kerberosSigner{spn: c.Kerberos.SPN, client: make(chan *client.Client, 1)}
	if s.spn == "" {
		s.spn = "HTTP/" + host
	}
	s.client <- held
	return s, nil
}

// krb5Config reads the settings, or lets DNS name the realm's KDCs. They are
// asked over TCP: a ticket with group memberships does not fit a datagram, and a
// lost one costs seconds.
func krb5Config(host string, k *remote.KerberosConfig) (*config.Config, error) {
	settings := config.New()
	settings.LibDefaults.DefaultRealm = k.Realm
	settings.LibDefaults.DNSLookupKDC = true
	if k.Krb5Conf != "" {
		var err error
		if settings, err = kerberos.ReadConfig(opSignIn, host, k.Krb5Conf); err != nil {
			return nil, err
		}
	}
	settings.LibDefaults.UDPPreferenceLimit = 1
	return settings, nil
}

func (s *kerberosSigner) over(w *wire) http.RoundTripper {
	return &connectionLane{wire: w, signIn: func(request *http.Request) (*http.Response, error) {
		token, err := s.token(request.Context())
		if err != nil {
			return nil, &neverSentError{err}
		}
		return w.RoundTrip(signed(request, negotiateHeader(token)))
	}}
}

// token makes a fresh SPNEGO token from the cached ticket.
func (s *kerberosSigner) token(ctx context.Context) ([]byte, error) {
	type outcome struct {
		token []byte
		err   error
	}
	var held *client.Client
	select {
	case held = <-s.client:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	made := make(chan outcome, 1)
	contain.Go(opTicket, s.spn, func() {
		defer func() { s.client <- held }()
		token, err := initiate(held, s.spn)
		made <- outcome{token, err}
	}, func(err error) { made <- outcome{err: err} })
	select {
	case o := <-made:
		return o.token, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func initiate(held *client.Client, spn string) ([]byte, error) {
	mechanism := spnego.SPNEGOClient(held, spn)
	if err := mechanism.AcquireCred(); err != nil {
		return nil, kerberosTrouble(spn, err)
	}
	token, err := mechanism.InitSecContext()
	if err != nil {
		return nil, kerberosTrouble(spn, err)
	}
	text, said := fault.OfSecret(token.Marshal)
	if said != nil {
		return nil, fault.NewOfSecret(fault.Internal, opTicket, spn, "the token cannot be written", said)
	}
	return text, nil
}

// close destroys the client as soon as the library lets go of it.
func (s *kerberosSigner) close() {
	contain.Go("forget tickets of", s.spn, func() {
		held := <-s.client
		held.Destroy()
	}, nil)
}

// kerberosTroubles maps what the KDC says (RFC 4120, 7.5.9) to people's words.
// The library keeps no code in its errors, only this text.
var kerberosTroubles = []struct {
	text  string
	kind  fault.Kind
	cause string
	next  string
}{
	{"KDC_ERR_C_PRINCIPAL_UNKNOWN", fault.Denied, "the KDC does not know the user", "check user name and realm"},
	{"KDC_ERR_S_PRINCIPAL_UNKNOWN", fault.Denied, "the KDC does not know the service", "check the host name in the endpoint, or register the service principal name"},
	{"KDC_ERR_PREAUTH_FAILED", fault.Denied, "the KDC does not accept the password or key", "check the credentials secret"},
	{"client password/keytab incorrect", fault.Denied, "the KDC does not accept the password or key", "check the credentials secret"},
	{"KDC_ERR_KEY_EXPIRED", fault.Denied, "the account's password has expired", "set a new one and put it into the credentials secret"},
	{"KDC_ERR_CLIENT_REVOKED", fault.Denied, "the account is disabled or locked", "unlock it"},
	{"KRB_AP_ERR_SKEW", fault.Denied, "the clocks here and at the KDC differ too much", "synchronize both with NTP"},
	{"KDC_ERR_ETYPE_NOSUPP", fault.Denied, "the KDC has no encryption type in common with us", "allow AES for the account"},
	{"no KDC", fault.Unreachable, "no KDC of the realm is known", "name one in krb5.conf or in DNS"},
	{"Networking_Error", fault.Unreachable, "no KDC of the realm answers", "check krb5.conf and that port 88 is reachable"},
}

// kerberosTrouble explains what the library says. Its words stay here: it was given
// password and keys.
func kerberosTrouble(spn string, err error) error {
	kind, cause, next := fault.Denied, "the KDC gives no ticket: "+kerberos.Said(err), "check the Kerberos settings"
	for _, t := range kerberosTroubles {
		if strings.Contains(err.Error(), t.text) {
			kind, cause, next = t.kind, t.cause, t.next
			break
		}
	}
	return &fault.Error{Kind: kind, Cause: cause + " (Kerberos ticket for " + spn + ")", Next: next, Err: fault.Redact(err)}
}
