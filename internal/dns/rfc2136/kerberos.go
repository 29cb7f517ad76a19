package rfc2136

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/bodgit/gssapi"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
)

// initiator is our side of a GSS-API context, as bodgit/gssapi makes it.
type initiator interface {
	Initiate(service string, flags int, input []byte) (output []byte, more bool, err error)
	MakeSignature(message []byte) ([]byte, error)
	VerifySignature(message, signature []byte) error
	Close() error
}

// login gets a ticket-granting ticket. Faults: Unreachable, Denied, Invalid.
func login(k Kerberos) (initiator, error) {
	options := []gssapi.Option[gssapi.Initiator]{
		gssapi.WithConfig(k.Config), gssapi.WithDomain(k.Realm), gssapi.WithUsername(k.Username),
	}
	if len(k.Keytab) > 0 {
		path, release, err := keytabPath(k.Keytab)
		if err != nil {
			return nil, fault.Wrap(fault.Internal, "read keytab of", k.String(), err)
		}
		defer release()
		options = append(options, gssapi.WithKeytab[gssapi.Initiator](path))
	} else {
		options = append(options, gssapi.WithPassword(k.Password))
	}
	in, err := gssapi.NewInitiator(options...) // contained by await, and explained by kerberosFault
	if err != nil {
		return nil, kerberosFault("log in as", k.String(), err)
	}
	return in, nil
}

// keytabPath offers a keytab, which the library takes from a file only, as the
// reading end of a pipe: the keys never touch a disk.
func keytabPath(keytab []byte) (path string, release func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	contain.Go("hand over", "a keytab", func() {
		defer w.Close()
		_, _ = w.Write(keytab) // a reader that gave up is no loss
	}, nil)
	return fmt.Sprintf("/dev/fd/%d", r.Fd()), func() { _ = r.Close() }, nil
}

// await runs a call that does not end with ctx, and stops waiting when ctx ends.
// The call itself ends at the Kerberos library's own timeouts.
func await[T any](ctx context.Context, op, target string, call func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	contain.Go(op, target, func() {
		value, err := call()
		done <- outcome{value, err}
	}, func(err error) { done <- outcome{err: err} })
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// kerberosVerdicts says what the library's errors mean. It keeps their text
// only, so by text they are told apart; the first that fits counts.
var kerberosVerdicts = []struct {
	text string
	meaning
}{
	{"KRB_AP_ERR_SKEW", meaning{fault.Denied, "the clocks of KDC and controller differ too much", "set both clocks by NTP"}},
	{"KDC_ERR_S_PRINCIPAL_UNKNOWN", meaning{fault.Invalid, "the KDC knows no such service", "give the DNS server's own name as the domain knows it"}},
	{"KDC_ERR_C_PRINCIPAL_UNKNOWN", meaning{fault.Denied, "the KDC knows no such user", "check user name and realm"}},
	{"KDC_ERR_CLIENT_REVOKED", meaning{fault.Denied, "the account is disabled or locked", "enable it in the domain"}},
	{"KDC_ERR_KEY_EXPIRED", meaning{fault.Denied, "the password has expired", "set a new one and store it in the secret"}},
	{"KDC_ERR_PREAUTH_FAILED", meaning{fault.Denied, "the password or keytab is wrong", "store the right one in the secret"}},
	{"password/keytab incorrect", meaning{fault.Denied, "the password or keytab is wrong", "store the right one in the secret"}},
	{"keytab", meaning{fault.Invalid, "the keytab cannot be used", "store a keytab file that holds this user's keys"}},
	{"Networking_Error", meaning{fault.Unreachable, "no KDC answers", "check the KDCs in krb5.conf and the way to them"}},
	{"Configuration_Error", meaning{fault.Invalid, "krb5.conf cannot be used", "correct it"}},
	{"context canceled", meaning{fault.Unreachable, "no KDC answered in time", "check the KDCs in krb5.conf and the way to them"}},
	{"context deadline exceeded", meaning{fault.Unreachable, "no KDC answered in time", "check the KDCs in krb5.conf and the way to them"}},
}

// kerberosFault turns an error of the library into a fault. The library's words
// stay here: it was given password and keys.
func kerberosFault(op, target string, err error) error {
	v := meaning{fault.Denied, "Kerberos does not let us in: " + kerberos.Said(err), "check user, password or keytab, and the server's name"}
	for _, known := range kerberosVerdicts {
		if strings.Contains(err.Error(), known.text) {
			v = known.meaning
			break
		}
	}
	return &fault.Error{Kind: v.kind, Op: op, Target: target, Cause: v.cause, Effect: "nothing was changed", Next: v.next, Err: fault.Redact(err)}
}
