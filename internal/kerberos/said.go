package kerberos

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
)

// said gives the name of the error that the library or a KDC reports, such as
// "KDC_ERR_POLICY". The name comes from a closed list. No other text of the library
// is repeated, because the library was given keys and quotes them.
func said(err error) string {
	text := err.Error()
	for code := range int32(100) { // RFC 4120 section 7.5.9 ends at 76
		name, _, _ := strings.Cut(strings.TrimLeft(errorcode.Lookup(code), "(0123456789) "), " ")
		if strings.HasPrefix(name, "K") && strings.Contains(text, name+" ") {
			return name
		}
	}
	for _, name := range []string{krberror.NetworkingError, krberror.DecryptingError, krberror.EncryptingError, krberror.ChksumError,
		krberror.EncodingError, krberror.ConfigError, krberror.KDCError, krberror.KRBMsgError} {
		if strings.Contains(text, name) {
			return name
		}
	}
	return "no reason that is known"
}

// troubles maps errors to their meaning. Errors of the library carry only text and
// no code, so they are recognized by their text; the first entry that fits counts.
var troubles = []struct {
	text  string
	kind  fault.Kind
	cause string
	next  string
}{
	{"KDC_ERR_C_PRINCIPAL_UNKNOWN", fault.Denied, "the KDC does not know the user", "check user name and realm"},
	{"KDC_ERR_S_PRINCIPAL_UNKNOWN", fault.Denied, "the KDC does not know the service", "check the host's name, or register the service principal name"},
	{"KDC_ERR_PRINCIPAL_NOT_UNIQUE", fault.Denied, "more than one account owns the service's name", "find them with setspn -X, and take the name from all but the host's account"},
	{"KDC_ERR_PREAUTH_FAILED", fault.Denied, "the password or keytab is wrong", "store the right one in the secret"},
	{"password/keytab incorrect", fault.Denied, "the password or keytab is wrong", "store the right one in the secret"},
	{"KDC_ERR_KEY_EXPIRED", fault.Denied, "the account's password has expired", "set a new one and store it in the secret"},
	{"KDC_ERR_CLIENT_REVOKED", fault.Denied, "the account is disabled or locked", "enable or unlock it in the domain"},
	{"KDC_ERR_WRONG_REALM", fault.Denied, "the user belongs to another realm", "name the user's own realm"},
	{"KRB_AP_ERR_SKEW", fault.Denied, "the clocks of KDC and controller differ too much", "set both clocks by NTP"},
	{"KDC_ERR_ETYPE_NOSUPP", fault.Denied, "the KDC has no encryption type in common with us", "allow AES for the account"},
	{"not forwardable", fault.Denied, "the KDC gives no ticket of this account that could be handed over", "remove delegate, or use an account that is neither in Protected Users nor marked as sensitive"},
	{"found in keytab", fault.Invalid, "the keytab has no key that the KDC asks for", "store a keytab file that holds this user's keys"},
	{"too many referrals", fault.Denied, "the KDCs of the realms refer us on without end", "name the service's realm in [domain_realm] of krb5.conf"},
	{"no KDC", fault.Unreachable, "no KDC of the realm is known", "name one in krb5.conf or in DNS"},
	{krberror.NetworkingError, fault.Unreachable, "no KDC of the realm answers", "check krb5.conf and that port 88 is reachable over TCP"},
	{context.Canceled.Error(), fault.Unreachable, "no KDC answered in time", "check the KDCs in krb5.conf and the way to them"},
	{context.DeadlineExceeded.Error(), fault.Unreachable, "no KDC answered in time", "check the KDCs in krb5.conf and the way to them"},
	{krberror.EncodingError, fault.Denied, "the KDC's answer is none that can be taken", "check that krb5.conf names KDCs of the realm"},
}

// ErrNoSuchService is in the chain of the fault for a service that the KDC does not
// know.
var ErrNoSuchService = errors.New("no such service")

// explain gives Kind, Cause and Next of the fault for an error of the exchanges; the
// caller adds Op, Target and Effect. The library's own text is not passed on,
// because the library was given password and keys. Faults: Denied, Unreachable,
// Invalid.
func explain(err error) *fault.Error {
	if denied, ok := errors.AsType[*reach.DeniedError](err); ok {
		f, _ := reach.Explain(denied)
		f.Cause = "KDC " + denied.Address + ": " + f.Cause
		return &f
	}
	out := &fault.Error{Kind: fault.Denied, Cause: "Kerberos does not let us in: " + said(err), Next: "check user, password or keytab, and the service's name", Err: fault.Redact(err)}
	for _, t := range troubles {
		if strings.Contains(err.Error(), t.text) {
			out.Kind, out.Cause, out.Next = t.kind, t.cause, t.next
			break
		}
	}
	switch {
	case said(err) == "KDC_ERR_S_PRINCIPAL_UNKNOWN":
		out.Err = ErrNoSuchService
	case refusesAccount(err):
		out.Err = fault.ErrAccountRefused
	}
	return out
}

// refusesAccount reports whether the KDC checked the account and refused it.
func refusesAccount(err error) bool {
	return slices.ContainsFunc([]string{"KDC_ERR_PREAUTH_FAILED", "password/keytab incorrect", "KDC_ERR_KEY_EXPIRED", "KDC_ERR_CLIENT_REVOKED", "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
		func(text string) bool { return strings.Contains(err.Error(), text) })
}

// refusals are the reasons for which a service refuses a ticket.
var refusals = map[int32]struct{ cause, next string }{
	errorcode.KRB_AP_ERR_MODIFIED:    {"it was encrypted for another account", "find the owner of the name with setspn -Q, and write a name of the host's own into spn"},
	errorcode.KRB_AP_ERR_NOT_US:      {"it is for another service", "find the host's principal with setspn -Q and write it into spn"},
	errorcode.KRB_AP_ERR_SKEW:        {"the clocks of host and controller differ too much", "set both clocks by NTP"},
	errorcode.KRB_AP_ERR_TKT_NYV:     {"the clock of the host is behind that of the KDC", "set both clocks by NTP"},
	errorcode.KRB_AP_ERR_TKT_EXPIRED: {"the clock of the host is ahead of that of the KDC", "set both clocks by NTP"},
}

// Refusal reads why a service refuses a ticket from its token in SPNEGO. Both texts are
// empty when it does not say.
func Refusal(token []byte) (cause, next string) {
	said, _ := fault.OfSecret(func() (messages.KRBError, error) { // the library panics on some tokens
		var reply spnego.NegTokenResp
		var inner spnego.KRB5Token
		if err := errors.Join(reply.Unmarshal(token), inner.Unmarshal(reply.ResponseToken)); err != nil {
			return messages.KRBError{}, err
		}
		return inner.KRBError, nil
	})
	known := refusals[said.ErrorCode]
	return known.cause, known.next
}
