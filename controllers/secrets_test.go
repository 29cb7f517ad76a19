package controllers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/status"
)

// swordfish is part of every secret value. No message, log or status may contain it.
const swordfish = "swordfish"

func certificateSecret(cert, key string) *corev1.Secret {
	return secret("s", map[string]string{corev1.TLSCertKey: cert, corev1.TLSPrivateKeyKey: key})
}

func TestSecretsSayWhatIsMissing(t *testing.T) {
	values := func(pairs ...string) *corev1.Secret {
		data := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			data[pairs[i]] = pairs[i+1]
		}
		return secret("s", data)
	}
	cases := map[string]struct {
		reason string
		secret *corev1.Secret // nil: the Secret does not exist
		method v1alpha1.AuthenticationMethod
		why    string // reason of a missing object, "" for a fault
		says   string
	}{
		"no Secret":            {"name and keys tell what to create", nil, v1alpha1.AuthNTLM, v1alpha1.ReasonSecretMissing, "Secret s does not exist in namespace lync; nothing can be signed in to; create it with the keys [username password]"},
		"no password":          {"the key is named", values("username", "u"), v1alpha1.AuthBasic, v1alpha1.ReasonSecretMissing, "Secret s has no key password; nothing can be signed in to; add the key"},
		"empty password":       {"an empty value is a missing one", values("username", "u", "password", ""), v1alpha1.AuthNTLM, v1alpha1.ReasonSecretMissing, "no key password"},
		"no certificate":       {"each method has its keys", values("username", "u", "password", swordfish), v1alpha1.AuthCertificate, v1alpha1.ReasonSecretMissing, "no key tls.crt"},
		"bad certificate":      {"what is no certificate is told", certificateSecret(swordfish, swordfish), v1alpha1.AuthCertificate, "", "use the client certificate of Secret s: tls.crt begins with no certificate in PEM that can be read; nothing can be signed in to; store a certificate and the key that belongs to it"},
		"no realm":             {"Kerberos needs to know where tickets come from", values("username", "u", "password", swordfish), v1alpha1.AuthKerberos, v1alpha1.ReasonSecretMissing, "no key realm"},
		"newline":              {"echo writes one, and a host counts it as a wrong password", values("username", "u", "password", swordfish+"\n"), v1alpha1.AuthNTLM, "", "read Secret s: the value of password ends in a newline; nothing is signed in to, so that the account is not locked out; store it without one, as kubectl create secret --from-literal and printf do"},
		"newline in the name":  {"Windows editors write two characters", values("username", "u\r\n", "password", swordfish), v1alpha1.AuthBasic, "", "the value of username ends in a newline"},
		"newline in the realm": {"a KDC counts, too", values("username", "u", "password", swordfish, "realm", "CONTOSO.COM\n"), v1alpha1.AuthKerberos, "", "the value of realm ends in a newline"},
		"no password, no keys": {"one of the two is needed", values("username", "u", "realm", "CONTOSO.COM", "krb5.conf", "x"), v1alpha1.AuthKerberos, v1alpha1.ReasonSecretMissing, "neither key password nor keytab; nothing can be signed in to; add one of the two"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var objects []client.Object
			if c.secret != nil {
				objects = append(objects, c.secret)
			}
			from := secrets{reader: fakeObjects(t, objects...), namespace: "lync"}
			got, err := from.credentials(t.Context(), v1alpha1.Authentication{Method: c.method, SecretRef: v1alpha1.LocalReference{Name: "s"}})
			tellsNoSecret(t, err, got)
			missing, ok := errors.AsType[*status.Missing](err)
			if ok != (c.why != "") || (ok && missing.Reason != c.why) || (!ok && !fault.Is(err, fault.Invalid)) {
				t.Errorf("%s: %T %v", c.reason, err, err)
			}
			if err == nil || !strings.Contains(fault.Sentence(err), c.says) {
				t.Errorf("%s: %v, want %q", c.reason, err, c.says)
			}
		})
	}
}

// TestAccountOfADomainNamesIt: a management server is a member of a domain, and takes a name without
// one for a local account.
func TestAccountOfADomainNamesIt(t *testing.T) {
	cases := map[string]struct {
		reason, username string
		method           v1alpha1.AuthenticationMethod
		invalid          bool
	}{
		"none":      {"a host would count a wrong password of a local account", "alice", v1alpha1.AuthNTLM, true},
		"NetBIOS":   {"the usual form", `CONTOSO\alice`, v1alpha1.AuthNTLM, false},
		"UPN":       {"the other form", "alice@contoso.com", v1alpha1.AuthNTLM, false},
		"local":     {"a person may want the local account, and says so", `.\alice`, v1alpha1.AuthNTLM, false},
		"for Basic": {"Basic knows local accounts only", "alice", v1alpha1.AuthBasic, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			from := secrets{reader: fakeObjects(t, secret("s", map[string]string{"username": c.username, "password": swordfish})), namespace: "lync"}
			_, err := from.ofDomain(t.Context(), v1alpha1.Authentication{Method: c.method, SecretRef: v1alpha1.LocalReference{Name: "s"}})
			if c.invalid != fault.Is(err, fault.Invalid) || !c.invalid && err != nil {
				t.Errorf("%s: %v", c.reason, err)
			}
		})
	}
}

// TestASecretOfAnotherNamespaceIsNotThere: an object names a Secret, and never where it is.
func TestASecretOfAnotherNamespaceIsNotThere(t *testing.T) {
	foreign := secret("s", map[string]string{"username": "u", "password": swordfish})
	foreign.Namespace = "another"
	from := secrets{reader: fakeObjects(t, foreign), namespace: "lync"}
	for _, method := range []v1alpha1.AuthenticationMethod{v1alpha1.AuthBasic, v1alpha1.AuthNTLM, v1alpha1.AuthKerberos, v1alpha1.AuthCertificate} {
		got, err := from.credentials(t.Context(), v1alpha1.Authentication{Method: method, SecretRef: v1alpha1.LocalReference{Name: "s"}})
		if missing, is := errors.AsType[*status.Missing](err); !is || missing.Reason != v1alpha1.ReasonSecretMissing {
			t.Errorf("%s: %v", method, err)
		}
		tellsNoSecret(t, err, got)
	}
}

// TestALookReadsEachSecretOnce: each server of a look asks for the account's Secret.
func TestALookReadsEachSecretOnce(t *testing.T) {
	reads := 0
	from := secrets{namespace: "lync", reader: interceptor.NewClient(fakeObjects(t, secret("s", map[string]string{"username": "u", "password": swordfish})), interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
			reads++
			return c.Get(ctx, key, o, options...)
		}})}
	for look := range 2 {
		ctx := eachSecretOnce(t.Context())
		for range 5 {
			if _, err := from.credentials(ctx, v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "s"}}); err != nil {
				t.Fatal(err)
			}
		}
		if reads != look+1 {
			t.Errorf("look %d: the Secret was read %d times in all", look, reads)
		}
	}
}

// TestOneWhoGivesUpEndsNobodysRead: the machines of a look share the read of an account's
// Secret, and each has a time of its own.
func TestOneWhoGivesUpEndsNobodysRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		there := fakeObjects(t, secret("s", map[string]string{"username": "u", "password": swordfish}))
		from := secrets{namespace: "lync", reader: interceptor.NewClient(there, interceptor.Funcs{
			Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
				select {
				case <-time.After(10 * time.Second): // a slow API server
					return c.Get(ctx, key, o, options...)
				case <-ctx.Done():
					return ctx.Err()
				}
			}})}
		look := eachSecretOnce(t.Context())
		tries := map[string]struct {
			reason string
			within time.Duration
			took   time.Duration
			read   bool
		}{
			"first":     {"it asks, and its time ends meanwhile", 5 * time.Second, 5 * time.Second, false},
			"impatient": {"it waits for another's read no longer than it may", time.Second, time.Second, false},
			"patient":   {"the end of the first is none of its own, so it asks anew", time.Minute, 15 * time.Second, true},
		}
		var all sync.WaitGroup
		for _, name := range []string{"first", "impatient", "patient"} {
			c := tries[name]
			all.Go(func() {
				ctx, cancel := context.WithTimeout(look, c.within)
				defer cancel()
				began := time.Now()
				_, err := from.read(ctx, "s")
				if took := time.Since(began); took != c.took || c.read != (err == nil) {
					t.Errorf("%s: %s: after %s, %v", name, c.reason, took, err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
	})
}

func TestSecretsGiveCredentials(t *testing.T) {
	from := secrets{namespace: "lync", reader: fakeObjects(t,
		secret("ntlm", map[string]string{"username": "u", "password": swordfish}),
		secret("found", map[string]string{"username": "u", "realm": "CONTOSO.COM", "password": swordfish}),
		secret("kerberos", map[string]string{"username": "u", "realm": "CONTOSO.COM", "krb5.conf": "[libdefaults]", "keytab": swordfish}))}
	ntlm, err := from.credentials(t.Context(), v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "ntlm"}})
	if err != nil || ntlm.Method != remote.NTLM || ntlm.Username != "u" || ntlm.Password != swordfish {
		t.Errorf("%v, %v", ntlm, err)
	}
	kerberos, err := from.credentials(t.Context(), v1alpha1.Authentication{Method: v1alpha1.AuthKerberos, SecretRef: v1alpha1.LocalReference{Name: "kerberos"}})
	if err != nil || kerberos.Method != remote.Kerberos || kerberos.Kerberos.Realm != "CONTOSO.COM" || string(kerberos.Kerberos.Keytab) != swordfish || kerberos.Kerberos.Krb5Conf != "[libdefaults]" {
		t.Errorf("%v, %v", kerberos, err)
	}
	found, err := from.credentials(t.Context(), v1alpha1.Authentication{Method: v1alpha1.AuthKerberos, SecretRef: v1alpha1.LocalReference{Name: "found"}})
	if err != nil || found.Kerberos.Krb5Conf != "" || found.Password != swordfish {
		t.Errorf("%v, %v: without krb5.conf DNS names the KDCs", found, err)
	}
	tellsNoSecret(t, nil, ntlm, kerberos, found)
}

func TestUpdateKeys(t *testing.T) {
	cases := map[string]struct {
		reason string
		data   map[string]string
		says   string // "" means that it is a key
	}{
		"good":          {"as in a key file", map[string]string{"name": "key.contoso.com", "algorithm": "hmac-sha256", "secret": "c3dvcmRmaXNo"}, ""},
		"no secret":     {"the key is named", map[string]string{"name": "key.contoso.com", "algorithm": "hmac-sha256"}, "no key secret"},
		"not base64":    {"the value itself is never shown", map[string]string{"name": "key.contoso.com", "algorithm": "hmac-sha256", "secret": "!" + swordfish}, "its secret is not base64; no record can be changed; store"},
		"old algorithm": {"weak algorithms are not offered", map[string]string{"name": "key.contoso.com", "algorithm": "hmac-md5", "secret": swordfish}, "its algorithm is not offered"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			from := secrets{reader: fakeObjects(t, secret("s", c.data)), namespace: "lync"}
			signer, err := from.tsig(t.Context(), "s")
			tellsNoSecret(t, err)
			if c.says == "" && (err != nil || signer == nil) || c.says != "" && (err == nil || !strings.Contains(fault.Sentence(err), c.says)) {
				t.Errorf("%s: %v, want %q", c.reason, err, c.says)
			}
		})
	}
}

func TestSecretsThatCannotBeRead(t *testing.T) {
	broken := interceptor.NewClient(fakeObjects(t), interceptor.Funcs{Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
		return apierrors.NewServiceUnavailable("the API server is away")
	}})
	_, err := secrets{reader: broken, namespace: "lync"}.get(t.Context(), "s", "username")
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "read Secret s: the API server is away") {
		t.Errorf("%v: a Secret that cannot be read is not a missing one", err)
	}
	garbled := interceptor.NewClient(fakeObjects(t), interceptor.Funcs{Get: func(context.Context, client.WithWatch, client.ObjectKey, client.Object, ...client.GetOption) error {
		return errors.New("json: cannot decode " + swordfish)
	}})
	_, err = secrets{reader: garbled, namespace: "lync"}.get(t.Context(), "s", "username")
	tellsNoSecret(t, err)
	if !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "the API server's answer cannot be read") {
		t.Errorf("%v: what a decoder was given is not repeated", err)
	}
}

// tellsNoSecret prints an error and values with %v, %+v and %#v, and looks for the secret values.
func tellsNoSecret(t *testing.T, err error, values ...any) {
	t.Helper()
	var texts []string
	if err != nil {
		texts = append(texts, fault.Sentence(err))
	}
	for _, v := range append(values, err) {
		texts = append(texts, fmt.Sprintf("%v %+v %#v", v, v, v))
	}
	if all := strings.Join(texts, "\n"); strings.Contains(all, swordfish) || strings.Contains(all, "c3dvcmRmaXNo") {
		t.Errorf("a secret is told:\n%s", all)
	}
}

// talkative is an API client that logs whole answers, as client-go does from V(8) on.
type talkative struct{ client.Reader }

func (r talkative) Get(ctx context.Context, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
	err := r.Reader.Get(ctx, key, o, options...)
	logr.FromContextOrDiscard(ctx).V(8).Info("Response Body", "body", o)
	return err
}

// TestTheClientLogsNoSecret: the API server's answer with a Secret is in no log, whatever the
// log's level.
func TestTheClientLogsNoSecret(t *testing.T) {
	var said strings.Builder
	log := funcr.New(func(prefix, args string) { said.WriteString(prefix + args) }, funcr.Options{Verbosity: 20})
	ctx := logr.NewContext(t.Context(), log)
	from := secrets{reader: talkative{fakeObjects(t, managerSecret())}, namespace: managerSecret().Namespace}
	if _, err := from.get(ctx, managerSecret().Name, "password"); err != nil {
		t.Fatal(err)
	}
	if said.String() != "" {
		t.Errorf("the client logged %s", said.String())
	}
	var shown corev1.Secret // read directly, so this client may log it
	if err := (talkative{fakeObjects(t, managerSecret())}).Get(ctx, client.ObjectKeyFromObject(managerSecret()), &shown); err != nil || said.String() == "" {
		t.Errorf("a client that may log said nothing (%v): the test proves nothing", err)
	}
}
