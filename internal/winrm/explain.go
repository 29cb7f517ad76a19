package winrm

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
)

// explain makes a fault for people of the error that an exchange with the host ended
// with.
func explain(op, host string, err error) *fault.Error {
	f := diagnose(err)
	f.Op, f.Target, f.Err = op, host, err
	return &f
}

func diagnose(err error) fault.Error {
	if known, ok := errors.AsType[*fault.Error](err); ok {
		return *known
	}
	if f, ok := reach.Explain(err); ok {
		return f
	}
	if f, ok := errors.AsType[*wsmanFault](err); ok {
		return diagnoseFault(f)
	}
	if e, ok := errors.AsType[*ticketRefusedError](err); ok {
		return fault.Error{Kind: fault.Denied, Cause: fmt.Sprintf("%v; the host offers %s", e, orNone(e.schemes())),
			Next: cmp.Or(e.next, "find the host's principal with setspn -Q and write it into spn, check the clock of the host, or use another sign-in method")}
	}
	if e, ok := errors.AsType[*unsealedError](err); ok {
		return fault.Error{Kind: fault.Unreachable, Cause: e.Error(),
			Next: "look at the WinRM event log of that host, and for somebody who changes messages on the way"}
	}
	if e, ok := errors.AsType[*statusError](err); ok {
		return diagnoseStatus(e)
	}
	if f, ok := diagnoseTLS(err); ok {
		return f
	}
	return fault.Error{
		Kind:  fault.Unreachable,
		Cause: transportCause(err),
		Next:  "check that the host is up and that WinRM is reachable from here",
	}
}

func diagnoseFault(f *wsmanFault) fault.Error {
	switch {
	case f.denies():
		return fault.Error{Kind: fault.Denied, Cause: f.Error(),
			Next: "allow the account to open remote shells: Administrators or Remote Management Users on that host"}
	case f.limits():
		return fault.Error{Kind: fault.Busy, Cause: "the host's limit of remote shells for this account is reached: " + f.Error(),
			Next: "wait until idle shells end, or raise MaxShellsPerUser there"}
	case f.unknownURI():
		return fault.Error{Kind: fault.Invalid, Cause: "the host has no session configuration of that name: " + f.Error(),
			Next: "install the endpoint kit on that host, or correct configuration; Get-PSSessionConfiguration lists those of the host"}
	case f.code == codeManagedAccount, f.code == codeRunAs:
		return fault.Error{Kind: fault.RightsMissing, Cause: "the host cannot sign in the account that the session configuration runs as: " + f.Error(),
			Next: "let the host retrieve the account's password (PrincipalsAllowedToRetrieveManagedPassword), restart the host so that a new group counts, and check it there with Test-ADServiceAccount"}
	case f.code == codeShellNotFound:
		return fault.Error{Kind: fault.Unreachable, Cause: "the remote shell is gone: " + f.Error(),
			Next: "a new one is opened with the next attempt"}
	}
	return fault.Error{Kind: fault.Failed, Cause: f.Error(), Next: "look at the WinRM event log of that host"}
}

func diagnoseStatus(e *statusError) fault.Error {
	switch {
	case e.status == http.StatusUnauthorized:
		return fault.Error{Kind: fault.Denied,
			Cause: fmt.Sprintf("the credentials or the sign-in method were not accepted; the host offers %s", orNone(e.schemes())),
			Next:  "check user name, password and sign-in method"}
	case e.status == http.StatusForbidden:
		return fault.Error{Kind: fault.Denied, Cause: e.Error(), Next: "check what the account may do on that host"}
	case e.status == http.StatusNotFound, e.status/100 == 3:
		return fault.Error{Kind: fault.Invalid, Cause: e.Error() + ": no WSMan listener at this URL",
			Next: "write the endpoint as https://<host>:5986/wsman"}
	}
	return fault.Error{Kind: fault.Unreachable, Cause: e.Error(), Next: "check that the WinRM service runs on that host"}
}

func orNone(schemes string) string {
	if schemes == "" {
		return "no sign-in at all"
	}
	return schemes
}

func diagnoseTLS(err error) (fault.Error, bool) {
	denied := fault.Error{Kind: fault.Denied}
	if e, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		denied.Cause = "the host's certificate is signed by an authority that is not trusted here" + issuer(e.Cert)
		denied.Next = "put that authority's certificate into the CA bundle"
		return denied, true
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		denied.Cause = fmt.Sprintf("the host's certificate is not for %s but for %s", e.Host, certificateNames(e.Certificate))
		denied.Next = "use a name from the certificate in the endpoint, or give the listener another certificate"
		return denied, true
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		denied.Cause = fmt.Sprintf("the host's certificate is valid from %s until %s only", day(e.Cert.NotBefore), day(e.Cert.NotAfter))
		denied.Next = "renew the WinRM listener's certificate"
		return denied, true
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		denied.Cause = "the host's certificate is not acceptable: " + e.Err.Error()
		denied.Next = "give the WinRM listener a server certificate of a trusted authority"
		return denied, true
	}
	// An alert from the host has an unexported type; its *net.OpError wrapper
	// identifies it.
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "remote error" {
		said := strings.TrimPrefix(e.Err.Error(), "tls: ")
		denied.Cause = "the host ended the TLS handshake: " + said
		denied.Next = "check the TLS versions of the host"
		if strings.Contains(said, "certificate") { // it can only mean the client's
			denied.Cause = "the host does not accept the client certificate: " + said
			denied.Next = "put a certificate that it accepts into the credentials secret"
		}
		return denied, true
	}
	return fault.Error{}, false
}

func issuer(c *x509.Certificate) string {
	if c == nil || c.Issuer.CommonName == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", c.Issuer.CommonName)
}

func certificateNames(c *x509.Certificate) string {
	if c == nil || len(c.DNSNames) == 0 {
		return "no name at all"
	}
	return strings.Join(c.DNSNames, ", ")
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// transportCause describes an error of Go's network stack in words for people.
func transportCause(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s is not found", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &record):
		return "the port answers without TLS"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, errNoAnswer), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed"
	}
	return err.Error()
}
