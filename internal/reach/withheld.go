package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/fedroute/fedroute/internal/fault"
)

// DeniedError is the error of a connection that the manager's flags forbid. Nothing was sent.
type DeniedError struct {
	Address     string
	cause, next string
}

func (e *DeniedError) Error() string { return e.cause }

// WithheldError stands for the cause of a failure that an editor of objects may not learn.
// It wraps nothing, so printing it never leads back to the cause.
type WithheldError struct {
	untrusted bool // the certificate is not trusted
	late      bool
}

const (
	notReachable = "not reachable"
	notTrusted   = "its certificate is not trusted by caBundle"
)

func (e *WithheldError) Error() string {
	if e.untrusted {
		return notTrusted
	}
	return notReachable
}

// Timeout is that of a [net.Error].
func (e *WithheldError) Timeout() bool { return e.late }

// Temporary completes [net.Error].
func (e *WithheldError) Temporary() bool { return false }

// Explain gives Kind, Cause and Next of the fault for the two errors of this package; ok is
// false for all others. Faults: Unreachable, Denied (the certificate).
func Explain(err error) (f fault.Error, ok bool) {
	if e, ok := errors.AsType[*DeniedError](err); ok {
		return fault.Error{Kind: fault.Unreachable, Cause: e.cause, Next: e.next}, true
	}
	e, ok := errors.AsType[*WithheldError](err)
	switch {
	case !ok:
		return fault.Error{}, false
	case e.untrusted:
		return fault.Error{Kind: fault.Denied, Cause: notTrusted,
			Next: "put its authority's certificate into caBundle, and check that its own is valid and for this name; the manager's log says which"}, true
	}
	return fault.Error{Kind: fault.Unreachable, Cause: notReachable,
		Next: "check that it runs, and that the manager can resolve its name and reach it; the manager's log has the cause, and shows it here for addresses in --allow-cidr"}, true
}

// Tells reports whether the causes of failures at an address are told.
func (p *Policy) Tells(at net.Addr) bool {
	return p == nil || at != nil && p.allows(at.String())
}

// Withhold gives what an editor may learn of the error of a connection whose far side has not
// yet spoken the protocol that it was asked in: the error itself, or a *WithheldError. An end
// that this side brought about, and a fault, are no news of the far side and stay.
func (p *Policy) Withhold(at net.Addr, err error) error {
	if err == nil || p.Tells(at) || ours(err) {
		return err
	}
	where := ""
	if at != nil {
		where = at.String()
	}
	return p.withheld(where, err)
}

func ours(err error) bool {
	_, known := errors.AsType[*fault.Error](err)
	_, denied := errors.AsType[*DeniedError](err)
	_, withheld := errors.AsType[*WithheldError](err)
	return known || denied || withheld || errors.Is(err, context.Canceled)
}

// failed gives what an editor may learn of a failed Dial. Who wrote an address, and not a
// name, learns from a denial nothing about the network.
func (p *Policy) failed(address string, tried []string, err error) error {
	host, _, _ := net.SplitHostPort(address)
	_, nameless := netip.ParseAddr(host)
	denied, forbidden := errors.AsType[*DeniedError](err)
	told := len(tried) > 0 && !slices.ContainsFunc(tried, func(at string) bool { return !p.allows(at) })
	switch {
	case forbidden && (nameless == nil || told):
		return denied
	case !forbidden && (told || ours(err)):
		return err
	}
	return p.withheld(address, err)
}

func (p *Policy) allows(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err == nil && slices.ContainsFunc(p.allow, func(of netip.Prefix) bool { return of.Contains(meant(at.Addr())[0]) })
}

// withheld logs the cause for those who run the manager.
func (p *Policy) withheld(where string, err error) error {
	p.log.tell(where, plainly(err))
	var timeout net.Error
	return &WithheldError{untrusted: ofCertificate(err), late: errors.As(err, &timeout) && timeout.Timeout()}
}

// plainly leaves out the local port, which is another one each time.
func plainly(err error) string {
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
}

func ofCertificate(err error) bool {
	_, a := errors.AsType[*tls.CertificateVerificationError](err)
	_, b := errors.AsType[x509.UnknownAuthorityError](err)
	_, c := errors.AsType[x509.HostnameError](err)
	_, d := errors.AsType[x509.CertificateInvalidError](err)
	return a || b || c || d
}

// causes are the latest causes that were withheld, by address. A cause is logged when it is
// new there, not at every look.
type causes struct {
	mu     sync.Mutex
	latest map[string]string
}

// maxCauses bounds the memory of causes; beyond it some are logged once more.
const maxCauses = 4096

func (c *causes) tell(where, cause string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.latest[where] == cause {
		return
	}
	if c.latest == nil || len(c.latest) >= maxCauses {
		c.latest = map[string]string{}
	}
	c.latest[where] = cause
	slog.Info("a connection failed; the object that asked for it says only that its target is not reachable", "address", where, "cause", fault.Line(cause))
}
