// Package signers remembers the Kerberos signer of each DNS server and Secret, until the
// Secret changes, a route of the namespace is gone, or the signer was not asked for during two
// hours. A new signer costs
// several round trips: it has to log in and to agree on a key with the server.
package signers

import (
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fingerprint"
)

// idle is how long a signer that is not asked for is kept. DNS servers forget the key that
// was agreed on sooner.
const idle = 2 * time.Hour

// Memory holds signers of dynamic updates.
type Memory struct {
	clock func() time.Time
	mu    sync.Mutex
	held  map[Key]*heldSigner
}

// Key identifies a signer. Zone is part of it because the server's name may be looked up
// by the zone.
type Key struct{ Namespace, Secret, Server, ServerName, Zone string }

type heldSigner struct {
	signer rfc2136.Signer
	print  fingerprint.Print // of the credentials, which are not kept here
	used   time.Time
}

// New gives a Memory without signers.
func New(clock func() time.Time) *Memory {
	return &Memory{clock: clock, held: map[Key]*heldSigner{}}
}

// Kerberos gives the signer that is kept for these very credentials, else a new one.
// Faults as of rfc2136.GSS.
func (m *Memory) Kerberos(key Key, account rfc2136.Kerberos) (rfc2136.Signer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	print := fingerprint.Of([]byte(account.Realm), []byte(account.Username), []byte(account.Password), account.Keytab, []byte(account.Config))
	if have := m.held[key]; have != nil && have.print == print {
		have.used = m.clock()
		return have.signer, nil
	}
	signer, err := rfc2136.GSS(account)
	if err != nil {
		return nil, err
	}
	m.drop(key)
	m.held[key] = &heldSigner{signer: signer, print: print, used: m.clock()}
	return signer, nil
}

// sweep drops the signers that were not asked for during idle: their routes are gone.
func (m *Memory) sweep() {
	for key, have := range m.held {
		if m.clock().Sub(have.used) > idle {
			m.drop(key)
		}
	}
}

// drop closes a signer. A run that still holds it agrees on a new key if need be.
func (m *Memory) drop(key Key) {
	if have := m.held[key]; have != nil {
		_ = have.signer.Close() // closing only forgets a key and cannot do harm
		delete(m.held, key)
	}
}

// Forget drops the signers of a namespace in which a route is gone. The signers of its other
// routes agree on new keys.
func (m *Memory) Forget(namespace string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.held {
		if key.Namespace == namespace {
			m.drop(key)
		}
	}
}

// Close drops every signer.
func (m *Memory) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.held {
		m.drop(key)
	}
}
