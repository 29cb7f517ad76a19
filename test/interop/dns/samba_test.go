//go:build interop

package dns_test

import (
	"errors"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

const userPassword = "Open-sesame.1"

// startDirectory starts a domain with two users who may both make records.
func startDirectory(t *testing.T, b nameserver.Backend) (d nameserver.Directory, owner, stranger *rfc2136.Writer) {
	t.Helper()
	d = nameserver.StartSamba(t, b, nameserver.Options{})
	writers := map[string]*rfc2136.Writer{}
	for _, user := range []string{"owner", "stranger"} {
		d.User(t, user, userPassword)
		writers[user] = gssWriter(t, d.Server, rfc2136.Kerberos{Username: user, Password: userPassword, Config: d.Conf, Host: d.Host})
	}
	return d, writers["owner"], writers["stranger"]
}

// TestDirectoryByBIND also checks how Samba's module for BIND treats several names in one
// update. Only the last of them belongs to the user afterwards, the others to the server.
// So an account that moves records there needs rights on the zone.
func TestDirectoryByBIND(t *testing.T) {
	t.Attr("case", "Samba AD, zones in BIND (DLZ): GSS-TSIG creates and changes; another user's record is refused")
	t.Attr("with", "samba bind9")
	t.Parallel()
	d, owner, stranger := startDirectory(t, nameserver.BIND9DLZ)
	r := newReader(t, d.Config())
	host := newSet(t, "fed.contoso.test", dns.A, 60, "192.0.2.20")
	service := newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 fed.contoso.test")
	moved := newSet(t, "fed.contoso.test", dns.A, 60, "192.0.2.30", "192.0.2.31")
	for _, want := range []dns.RRSet{host, service, moved, host} {
		if err := moveTo(t.Context(), r, owner, want); err != nil {
			t.Fatal(fault.Sentence(err))
		}
		mustBePublished(t, r, want)
	}
	if err := moveTo(t.Context(), r, stranger, moved); !fault.Is(err, fault.Refused) {
		t.Errorf("another user's record: got %v, want Refused", err)
	}
	stale := dns.Change{From: moved, To: host}
	if err := owner.Write(t.Context(), []dns.Change{stale}, dns.Always); !fault.Is(err, fault.WorldChanged) {
		t.Errorf("a stale value: got %v, want WorldChanged", err)
	}
	mustBePublished(t, r, host, service)

	first := newSet(t, "first.contoso.test", dns.A, 60, "192.0.2.40")
	last := newSet(t, "last.contoso.test", dns.A, 60, "192.0.2.40")
	if err := moveTo(t.Context(), r, owner, first, last); err != nil {
		t.Fatal(fault.Sentence(err))
	}
	first.TTL, last.TTL = 90, 90
	if err := moveTo(t.Context(), r, owner, last); err != nil {
		t.Error(fault.Sentence(err))
	}
	if err := moveTo(t.Context(), r, owner, first); !fault.Is(err, fault.Refused) {
		t.Errorf("the first name of two: got %v, want Refused, else the documentation asks for rights that nobody needs", err)
	}
}

// TestDirectoryBySamba checks that an answer of success that cannot be verified does not
// count by itself, and that the requested records are there all the same.
func TestDirectoryBySamba(t *testing.T) {
	t.Attr("case", "Samba AD's own DNS: updates are made, their answers do not verify and are told apart; refusals are refusals")
	t.Attr("with", "samba")
	t.Parallel()
	d, owner, stranger := startDirectory(t, nameserver.SambaInternal)
	r := newReader(t, d.Config())
	host := newSet(t, "fed.contoso.test", dns.A, 60, "192.0.2.20")
	service := newSet(t, "_xmpp-server._tcp.contoso.test", dns.SRV, 60, "0 0 5269 fed.contoso.test")
	moved := newSet(t, "fed.contoso.test", dns.A, 60, "192.0.2.30", "192.0.2.31")
	for _, want := range [][]dns.RRSet{{host, service}, {moved}, {host}} {
		err := moveTo(t.Context(), r, owner, want...)
		if !fault.Is(err, fault.OutcomeUnknown) || !errors.Is(err, dns.ErrUnverified) {
			t.Errorf("an answer that does not verify: got %v, want OutcomeUnknown and dns.ErrUnverified", err)
		}
		mustBePublished(t, r, want...)
	}
	// Samba reports missing rights on a record as a failure of the server (SERVFAIL).
	if err := moveTo(t.Context(), r, stranger, moved); !fault.Is(err, fault.Unreachable) {
		t.Errorf("another user's record: got %v, want Unreachable", err)
	}
	stale := dns.Change{From: moved, To: host}
	if err := owner.Write(t.Context(), []dns.Change{stale}, dns.Always); !fault.Is(err, fault.WorldChanged) {
		t.Errorf("a stale value: got %v, want WorldChanged", err)
	}
	mustBePublished(t, r, host, service)
}
