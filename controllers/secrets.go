package controllers

import (
	"context"
	"crypto/tls"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/status"
	"github.com/fedroute/fedroute/internal/winrm"
)

// secrets reads Secrets of one namespace by name. It never lists and never
// caches, so a rotated Secret counts from the next read on.
type secrets struct {
	reader    client.Reader
	namespace string
}

func (s secrets) get(ctx context.Context, name string, keys ...string) (map[string][]byte, error) {
	var secret corev1.Secret
	err := s.reader.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &secret)
	if apierrors.IsNotFound(err) {
		return nil, &status.Missing{Reason: v1alpha1.ReasonSecretMissing,
			Message: fmt.Sprintf("Secret %s does not exist in namespace %s; nothing can be signed in to; create it with the keys %v", name, s.namespace, keys)}
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unreachable, "read Secret", name, err)
	}
	for _, key := range keys {
		if len(secret.Data[key]) == 0 {
			return nil, &status.Missing{Reason: v1alpha1.ReasonSecretMissing,
				Message: fmt.Sprintf("Secret %s has no key %s; nothing can be signed in to; add the key", name, key)}
		}
	}
	return secret.Data, nil
}

// credentials reads what the authentication method needs.
func (s secrets) credentials(ctx context.Context, a v1alpha1.Authentication) (winrm.Credentials, error) {
	name := a.SecretRef.Name
	switch a.Method {
	case v1alpha1.AuthCertificate:
		data, err := s.get(ctx, name, corev1.TLSCertKey, corev1.TLSPrivateKeyKey)
		if err != nil {
			return winrm.Credentials{}, err
		}
		pair, err := tls.X509KeyPair(data[corev1.TLSCertKey], data[corev1.TLSPrivateKeyKey])
		if err != nil {
			return winrm.Credentials{}, fault.New(fault.Denied, "use the client certificate of Secret", name, err.Error()).
				With("nothing can be signed in to", "store a certificate and the key that belongs to it")
		}
		return winrm.Credentials{Method: winrm.Certificate, Certificate: &pair}, nil
	case v1alpha1.AuthKerberos:
		account, err := s.kerberos(ctx, name)
		if err != nil {
			return winrm.Credentials{}, err
		}
		return winrm.Credentials{Method: winrm.Kerberos, Username: account.Username, Password: account.Password,
			Kerberos: &winrm.KerberosConfig{Realm: account.Realm, Krb5Conf: account.Config, Keytab: account.Keytab}}, nil
	default:
		data, err := s.get(ctx, name, "username", "password")
		if err != nil {
			return winrm.Credentials{}, err
		}
		return winrm.Credentials{Method: winrm.Method(a.Method), Username: string(data["username"]), Password: string(data["password"])}, nil
	}
}

// kerberos reads an account of a realm. Without krb5.conf DNS names the KDCs.
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
		Keytab: data["keytab"], Config: string(data["krb5.conf"])}, nil
}

// tsig reads an update key.
func (s secrets) tsig(ctx context.Context, name string) (rfc2136.Signer, error) {
	data, err := s.get(ctx, name, "name", "algorithm", "secret")
	if err != nil {
		return nil, err
	}
	return rfc2136.HMAC(rfc2136.TSIG{Name: string(data["name"]), Algorithm: rfc2136.Algorithm(data["algorithm"]), Secret: string(data["secret"])})
}
