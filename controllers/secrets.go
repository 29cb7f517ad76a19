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
		data, err := s.get(ctx, name, "username", "realm", "krb5.conf")
		if err != nil {
			return winrm.Credentials{}, err
		}
		if len(data["password"]) == 0 && len(data["keytab"]) == 0 {
			return winrm.Credentials{}, &status.Missing{Reason: v1alpha1.ReasonSecretMissing,
				Message: fmt.Sprintf("Secret %s has neither key password nor keytab; nothing can be signed in to; add one of the two", name)}
		}
		return winrm.Credentials{Method: winrm.Kerberos, Username: string(data["username"]), Password: string(data["password"]),
			Kerberos: &winrm.KerberosConfig{Realm: string(data["realm"]), Krb5Conf: string(data["krb5.conf"]), Keytab: data["keytab"]}}, nil
	default:
		data, err := s.get(ctx, name, "username", "password")
		if err != nil {
			return winrm.Credentials{}, err
		}
		return winrm.Credentials{Method: winrm.Method(a.Method), Username: string(data["username"]), Password: string(data["password"])}, nil
	}
}

// tsig reads an update key.
func (s secrets) tsig(ctx context.Context, name string) (rfc2136.Signer, error) {
	data, err := s.get(ctx, name, "name", "algorithm", "secret")
	if err != nil {
		return nil, err
	}
	return rfc2136.HMAC(rfc2136.TSIG{Name: string(data["name"]), Algorithm: rfc2136.Algorithm(data["algorithm"]), Secret: string(data["secret"])})
}
