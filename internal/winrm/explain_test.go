package winrm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

// TestExplain: each way in which an exchange fails is told as what it is, with what helps
// against it, also inside another error.
func TestExplain(t *testing.T) {
	said := func(code uint32, subcode, text string) error { return &wsmanFault{code, subcode, text} }
	status := func(code int, offers ...string) error { return &statusError{status: code, offers: offers} }
	ticket := func(cause, next string, offers ...string) error {
		return &ticketRefusedError{statusError{http.StatusUnauthorized, offers, true}, []string{"HTTP/fe1", "WSMAN/fe1"}, cause, next}
	}
	remote := func(alert string) error { return &net.OpError{Op: "remote error", Err: errors.New("tls: " + alert)} }
	day := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	authority := &x509.Certificate{Issuer: pkix.Name{CommonName: "Contoso CA"}, NotBefore: day, NotAfter: day.AddDate(1, 0, 0)}
	cases := map[string]struct {
		err  error
		kind fault.Kind
		says string // the cause and the advice
	}{
		"access denied by number": {said(5, "", "Zugriff verweigert"), fault.Denied, "Zugriff verweigert (WSMan fault 5); allow the account to open remote shells"},
		"access denied by name":   {said(0, "AccessDenied", ""), fault.Denied, "WSMan fault 0 AccessDenied; allow the account"},
		"shells":                  {said(codeShellsPerUser, "", "too many"), fault.Busy, "limit of remote shells for this account is reached: too many"},
		"operations":              {said(codeOperationLimit, "", "too many"), fault.Busy, "limit of remote shells"},
		"quota":                   {said(1, "QuotaLimit", "too many"), fault.Busy, "limit of remote shells"},
		"no resource":             {said(codeNoResource, "", "none"), fault.Invalid, "no session configuration of that name: none"},
		"invalid resource":        {said(codeInvalidURI, "", "none"), fault.Invalid, "install the endpoint kit"},
		"managed account":         {said(codeManagedAccount, "", "no"), fault.RightsMissing, "PrincipalsAllowedToRetrieveManagedPassword"},
		"run as":                  {said(codeRunAs, "", "no"), fault.RightsMissing, "cannot sign in the account that the session configuration runs as: no"},
		"shell gone":              {said(codeShellNotFound, "", "no"), fault.Unreachable, "the remote shell is gone: no"},
		"another fault":           {said(7, "Odd", "odd"), fault.Failed, "odd (WSMan fault 7); look at the WinRM event log"},
		"ticket":                  {ticket("", ""), fault.Denied, "the host accepts no Kerberos ticket for HTTP/fe1 or WSMAN/fe1; the host offers no sign-in at all; find the host's principal"},
		"ticket, told why":        {ticket("the clock is wrong", "set the clock", "Negotiate", "Kerberos"), fault.Denied, "WSMAN/fe1: the clock is wrong; the host offers Negotiate, Kerberos; set the clock"},
		"not sealed":              {&unsealedError{"a sealed answer is not whole"}, fault.Unreachable, "a sealed answer is not whole; look at the WinRM event log of that host, and for somebody"},
		"401":                     {status(401, "Negotiate", `Basic realm="WSMAN"`), fault.Denied, "not accepted; the host offers Negotiate, Basic; check user name"},
		"401 without an offer":    {status(401), fault.Denied, "the host offers no sign-in at all"},
		"403":                     {status(403), fault.Denied, "HTTP 403 Forbidden; check what the account may do"},
		"404":                     {status(404), fault.Invalid, "HTTP 404 Not Found: no WSMan listener at this URL; write the endpoint as"},
		"a redirect":              {status(302), fault.Invalid, "no WSMan listener at this URL"},
		"the last redirect":       {status(399), fault.Invalid, "no WSMan listener at this URL"},
		"500":                     {status(500), fault.Unreachable, "HTTP 500 Internal Server Error; check that the WinRM service runs"},
		"unknown authority":       {x509.UnknownAuthorityError{Cert: authority}, fault.Denied, "an authority that is not trusted here (Contoso CA); put that"},
		"nameless authority":      {x509.UnknownAuthorityError{Cert: &x509.Certificate{}}, fault.Denied, "an authority that is not trusted here; put that"},
		"no authority":            {x509.UnknownAuthorityError{}, fault.Denied, "an authority that is not trusted here; put that"},
		"another name":            {x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"a", "b"}}, Host: "fe1"}, fault.Denied, "not for fe1 but for a, b; use a name"},
		"no name":                 {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "fe1"}, fault.Denied, "not for fe1 but for no name at all"},
		"no certificate":          {x509.HostnameError{Host: "fe1"}, fault.Denied, "not for fe1 but for no name at all"},
		"expired":                 {x509.CertificateInvalidError{Cert: authority, Reason: x509.Expired}, fault.Denied, "valid from 2026-03-14 until 2027-03-14 only; renew"},
		"not for servers":         {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Cert: authority, Reason: x509.IncompatibleUsage}}, fault.Denied, "the host's certificate is not acceptable: x509: "},
		"alert":                   {remote("handshake failure"), fault.Denied, "ended the TLS handshake: handshake failure; check the TLS versions"},
		"our certificate":         {remote("bad certificate"), fault.Denied, "does not accept the client certificate: bad certificate; put a certificate"},
		"another network error":   {&net.OpError{Op: "read", Err: errors.New("odd")}, fault.Unreachable, "read: odd; check that the host is up"},
		"no such name":            {&net.DNSError{Name: "fe1"}, fault.Unreachable, "the name fe1 is not found"},
		"refused":                 {syscall.ECONNREFUSED, fault.Unreachable, "connection refused"},
		"no TLS":                  {tls.RecordHeaderError{Msg: "odd"}, fault.Unreachable, "the port answers without TLS"},
		"cancelled":               {context.Canceled, fault.Unreachable, "cancelled"},
		"late":                    {context.DeadlineExceeded, fault.Unreachable, "no answer in time"},
		"silent":                  {errNoAnswer, fault.Unreachable, "no answer in time"},
		"timeout":                 {&net.OpError{Op: "read", Err: syscall.ETIMEDOUT}, fault.Unreachable, "no answer in time"},
		"reset":                   {syscall.ECONNRESET, fault.Unreachable, "the connection was closed"},
		"broken pipe":             {syscall.EPIPE, fault.Unreachable, "the connection was closed"},
		"end":                     {io.EOF, fault.Unreachable, "the connection was closed"},
		"early end":               {io.ErrUnexpectedEOF, fault.Unreachable, "the connection was closed"},
		"known":                   {fault.New(fault.Busy, "wait for", "another", "it works").With("x", "wait"), fault.Busy, "it works; wait"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := explain("open PowerShell on", "fe1", fmt.Errorf("exchange: %w", c.err))
			if got := f.Cause + "; " + f.Next; f.Kind != c.kind || !strings.Contains(got, c.says) {
				t.Errorf("%s, %q; want %s with %q", f.Kind, got, c.kind, c.says)
			}
			if f.Op != "open PowerShell on" || f.Target != "fe1" || !errors.Is(f, c.err) && f.Err == nil {
				t.Errorf("%+v does not say what failed where", f)
			}
		})
	}
}

// TestWhoseAccountIsRefused: only a host that asks for a sign-in has refused an account.
func TestWhoseAccountIsRefused(t *testing.T) {
	for reason, c := range map[string]struct {
		err  statusError
		want bool
	}{
		"it asks for another":                       {statusError{401, []string{"Negotiate"}, false}, true},
		"it was shown no password":                  {statusError{401, nil, false}, false},
		"the KDC has accepted the account":          {statusError{401, []string{"Negotiate"}, true}, false},
		"the account may sign in, but nothing more": {statusError{403, []string{"Negotiate"}, false}, false},
	} {
		if got := errors.Is(&c.err, fault.ErrAccountRefused); got != c.want {
			t.Errorf("%s: an account is refused: %t", reason, got)
		}
		if errors.Is(&c.err, io.EOF) {
			t.Errorf("%s: it is another error, too", reason)
		}
	}
}

// TestWhatAFaultIs: what a caller asks of an error is told by its code.
func TestWhatAFaultIs(t *testing.T) {
	type answers struct{ nothing, gone, refused, unseen bool }
	for what, c := range map[string]struct {
		err  error
		want answers
	}{
		"nothing yet":       {&wsmanFault{code: codeNothingYet}, answers{nothing: true}},
		"shell gone":        {&wsmanFault{code: codeShellNotFound}, answers{gone: true}},
		"another fault":     {&wsmanFault{code: 7}, answers{}},
		"a refused sign-in": {&statusError{status: 401}, answers{refused: true, unseen: true}},
		"another status":    {&statusError{status: 500}, answers{}},
		"never sent":        {&neverSentError{io.EOF}, answers{unseen: true}},
		"no answer":         {io.EOF, answers{}},
	} {
		err := fmt.Errorf("exchange: %w", c.err)
		got := answers{isNothingYet(err), isShellGone(err), isUnauthorized(err), refusedUnseen(err)}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", what, got, c.want)
		}
	}
}
