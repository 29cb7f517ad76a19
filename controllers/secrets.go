package controllers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/status"
)

// secrets reads Secrets of one namespace by name. It never lists and never caches them,
// so a rotated Secret counts from the next read on. The API client can log whole
// answers, Secrets included; it is given a logger that drops everything.
type secrets struct {
	reader    client.Reader
	namespace string
	reach     *reach.Policy // bounds which servers are shown the keys
}

func (s secrets) get(ctx context.Context, name string, keys ...string) (map[string][]byte, error) {
	secret, err := s.read(ctx, name)
	if apierrors.IsNotFound(err) {
		return nil, &status.Missing{Reason: v1alpha1.ReasonSecretMissing,
			Message: fmt.Sprintf("Secret %s does not exist in namespace %s; nothing can be signed in to; create it with the keys %v", name, s.namespace, keys)}
	}
	if err != nil {
		return nil, unread(name, err)
	}
	for _, key := range keys {
		if len(secret.Data[key]) == 0 {
			return nil, &status.Missing{Reason: v1alpha1.ReasonSecretMissing,
				Message: fmt.Sprintf("Secret %s has no key %s; nothing can be signed in to; add the key", name, key)}
		}
	}
	return secret.Data, nil
}

// read asks the API server for a Secret, within one look once.
func (s secrets) read(ctx context.Context, name string) (corev1.Secret, error) {
	ask := func() (secret corev1.Secret, err error) {
		err = s.reader.Get(logr.NewContext(ctx, logr.Discard()), client.ObjectKey{Namespace: s.namespace, Name: name}, &secret)
		return secret, err
	}
	seen, ok := ctx.Value(inThisLook{}).(*sync.Map)
	if !ok {
		return ask()
	}
	for {
		mine := &secretRead{ended: make(chan struct{})}
		first, shared := seen.LoadOrStore(name, mine)
		if !shared {
			mine.ask(ctx, ask, func() { seen.Delete(name) })
			return mine.secret, mine.err
		}
		read := first.(*secretRead)
		select {
		case <-read.ended:
		case <-ctx.Done():
			return corev1.Secret{}, ctx.Err()
		}
		if !read.cutShort {
			return read.secret, read.err
		}
	}
}

// secretRead is one read of a Secret, whose answer all who ask within a look share. Each of
// them waits no longer than its own context lasts.
type secretRead struct {
	ended    chan struct{} // closed when the other fields are set
	secret   corev1.Secret
	err      error
	cutShort bool // the context of who asked has ended, which says nothing to the others
}

// ask reads. What was cut short, by the end of ctx or by a panic, is forgotten, so that the
// next asks itself.
func (r *secretRead) ask(ctx context.Context, ask func() (corev1.Secret, error), forget func()) {
	r.cutShort = true
	defer func() {
		if r.cutShort {
			forget()
		}
		close(r.ended)
	}()
	r.secret, r.err = ask()
	r.cutShort = r.err != nil && ctx.Err() != nil
}

// inThisLook is the key under which a context keeps the reads of Secrets of one look, by name.
type inThisLook struct{}

// eachSecretOnce gives a context in which each Secret of a namespace is read once: a look asks
// many servers, and each with the same account.
func eachSecretOnce(ctx context.Context) context.Context {
	return context.WithValue(ctx, inThisLook{}, &sync.Map{})
}

// unread makes the error for a Secret that could not be read. It repeats the text of an
// API server's or a network's error. It does not repeat a decoder's error, because that
// may quote the Secret.
func unread(name string, err error) error {
	var refusal apierrors.APIStatus
	var unsent *url.Error
	if errors.As(err, &refusal) || errors.As(err, &unsent) {
		return fault.Wrap(fault.Unreachable, opReadSecret, name, err)
	}
	return fault.NewOfSecret(fault.Unreachable, opReadSecret, name, "the API server's answer cannot be read", fault.Redact(err))
}

const opReadSecret = "read Secret"

// credentials reads what the authentication method needs.
func (s secrets) credentials(ctx context.Context, a v1alpha1.Authentication) (remote.Credentials, error) {
	name := a.SecretRef.Name
	switch a.Method {
	case v1alpha1.AuthCertificate:
		data, err := s.get(ctx, name, corev1.TLSCertKey, corev1.TLSPrivateKeyKey)
		if err != nil {
			return remote.Credentials{}, err
		}
		pair, err := keyPair(name, data[corev1.TLSCertKey], data[corev1.TLSPrivateKeyKey])
		if err != nil {
			return remote.Credentials{}, err
		}
		return remote.Credentials{Method: remote.Certificate, Certificate: &pair}, nil
	case v1alpha1.AuthKerberos:
		account, err := s.kerberos(ctx, name)
		if err == nil {
			err = whole(name, map[string]string{"username": account.Username, "password": account.Password, "realm": account.Realm})
		}
		if err != nil {
			return remote.Credentials{}, err
		}
		return remote.Credentials{Method: remote.Kerberos, Username: account.Username, Password: account.Password,
			Kerberos: &remote.KerberosConfig{Realm: account.Realm, Krb5Conf: account.Config, Keytab: account.Keytab}}, nil
	default:
		data, err := s.get(ctx, name, "username", "password")
		if err != nil {
			return remote.Credentials{}, err
		}
		c := remote.Credentials{Method: remote.Method(a.Method), Username: string(data["username"]), Password: string(data["password"])}
		return c, whole(name, map[string]string{"username": c.Username, "password": c.Password})
	}
}

// whole refuses values that end in a newline, as a file written by echo does: a host would
// count each of them as a wrong password. Fault: Invalid.
func whole(secret string, values map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if strings.TrimRight(values[key], "\r\n") != values[key] {
			return fault.New(fault.Invalid, opReadSecret, secret, fmt.Sprintf("the value of %s ends in a newline", key)).
				With("nothing is signed in to, so that the account is not locked out", "store it without one, as kubectl create secret --from-literal and printf do")
		}
	}
	return nil
}

// ofDomain reads credentials for a server that is a member of the domain. Fault: Invalid,
// where the user's name leaves the domain open.
func (s secrets) ofDomain(ctx context.Context, a v1alpha1.Authentication) (remote.Credentials, error) {
	c, err := s.credentials(ctx, a)
	if err == nil && c.Method == remote.NTLM && !strings.ContainsAny(c.Username, `\@`) {
		err = fault.New(fault.Invalid, opReadSecret, a.SecretRef.Name, "the user name has no domain, and a server would look for a local account of that name").
			With("nothing is signed in to", `write username as DOMAIN\user or user@domain, or .\user for an account of the server itself`)
	}
	return c, err
}

// keyPair reads a client certificate and its key. Fault: Invalid.
func keyPair(secret string, certificate, key []byte) (tls.Certificate, error) {
	pair, said := fault.OfSecret(func() (tls.Certificate, error) { return tls.X509KeyPair(certificate, key) })
	if said == nil {
		return pair, nil
	}
	cause := "the private key in tls.key cannot be read, or belongs to another certificate"
	if _, said := fault.OfSecret(func() (*x509.Certificate, error) { return firstCertificate(certificate) }); said != nil {
		cause = "tls.crt begins with no certificate in PEM that can be read"
	} else if !bytes.Contains(key, []byte("PRIVATE KEY-----")) {
		cause = "tls.key holds no private key in PEM"
	}
	return tls.Certificate{}, fault.NewOfSecret(fault.Invalid, "use the client certificate of Secret", secret, cause, said).
		With("nothing can be signed in to", "store a certificate and the key that belongs to it")
}

func firstCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

// kerberos reads an account of a Kerberos realm. Where the Secret has no krb5.conf, the
// realm's KDCs are looked up in DNS.
func (s secrets) kerberos(ctx context.Context, name string) (rfc2136.Kerberos, error) {
	data, err := s.get(ctx, name, "username", "realm")
	if err != nil {
		return rfc2136.Kerberos{}, err
	}
	if len(data["password"]) == 0 && len(data["keytab"]) == 0 {
		return rfc2136.Kerberos{}, &status.Missing{Reason: v1alpha1.ReasonSecretMissing,
			Message: fmt.Sprintf("Secret %s has neither key password nor keytab; nothing can be signed in to; add one of the two", name)}
	}
	return rfc2136.Kerberos{Realm: string(data["realm"]), Username: string(data["username"]), Password: string(data["password"]),
		Keytab: data["keytab"], Config: string(data["krb5.conf"]), Reach: s.reach}, nil
}

// tsig reads an update key.
func (s secrets) tsig(ctx context.Context, name string) (rfc2136.Signer, error) {
	data, err := s.get(ctx, name, "name", "algorithm", "secret")
	if err != nil {
		return nil, err
	}
	return rfc2136.HMAC(rfc2136.TSIG{Name: string(data["name"]), Algorithm: rfc2136.Algorithm(data["algorithm"]), Secret: string(data["secret"])})
}
