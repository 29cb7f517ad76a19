// Package accounts remembers, for each namespace, which accounts of a domain were refused.
// A domain locks an account out after a few refusals, whichever host passed them on. So an
// account that no host has accepted yet is shown to one host at a time, and after a refusal
// to none for a while. Where another host has accepted it since, the refusing host may be
// at fault, and the refusal counts for that host alone. A local account is locked out on its
// own machine only, and is not remembered here. Forgive drops what is known of a namespace,
// and so does another password.
package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/fingerprint"
	"github.com/fedroute/fedroute/internal/remote"
)

// pause is how long a refused account is shown to no host. Domains that lock accounts out
// count refusals over a window that is rarely longer (Microsoft's baseline: 10 refusals
// within 15 minutes).
const pause = 15 * time.Minute

// longer is the pause of the host that refused. Another host has its turn before.
const longer = pause + time.Minute

// unused is how long an account is remembered that nobody signs in with any more.
const unused = 6 * time.Hour

// Memory holds the accounts of every namespace.
type Memory struct {
	clock func() time.Time

	mu       sync.Mutex
	accounts map[shown]*account
}

// shown is an account as one namespace shows it to hosts.
type shown struct {
	namespace string
	print     fingerprint.Print
}

// account is what hosts have said of an account; guarded by the Memory's lock.
type account struct {
	accepted bool    // by a host, since the last refusal that counted for every host
	doubt    string  // a host that has refused it since; empty when none has
	all      refusal // counts for every host
	hosts    map[string]refusal
	verdict  chan struct{} // closed when the host that is asked now has answered; nil when none is asked
	used     time.Time
}

// refusal is an account's refusal and the end of the pause after it.
type refusal struct {
	err   error
	until time.Time
}

// New gives an empty Memory.
func New(clock func() time.Time) *Memory {
	return &Memory{clock: clock, accounts: map[shown]*account{}}
}

// Dialer gives a dialer for one namespace that signs in with dial. It shows a refused
// account to no host until the pause is over, and an unproven one to one host at a time.
// Fault of a sign-in that was not tried: Denied, with remote.ErrNotShown.
func (m *Memory) Dialer(namespace string, dial remote.Dialer) remote.Dialer {
	return func(ctx context.Context, endpoint remote.Endpoint, credentials remote.Credentials) (remote.Session, error) {
		if !ofDomain(credentials) {
			return dial(ctx, endpoint, credentials)
		}
		key := shown{namespace, credentials.Print()}
		verdict, err := m.enter(ctx, key, endpoint.Name())
		if err != nil {
			return nil, err
		}
		defer close(verdict)
		session, err := dial(ctx, endpoint, credentials)
		m.note(key, endpoint.Name(), err)
		return session, err
	}
}

// ofDomain reports whether the account belongs to a domain. A name before a backslash may be
// that of a machine: such an account is treated like one of a domain, because nothing tells
// them apart.
func ofDomain(c remote.Credentials) bool {
	switch c.Method {
	case remote.Kerberos:
		return true
	case remote.NTLM:
		domain, _, found := strings.Cut(c.Username, `\`)
		return found && domain != "." || strings.Contains(c.Username, "@")
	case remote.Basic, remote.Certificate: // Windows takes them for local accounts only
	}
	return false
}

// enter waits until the account may be shown to the host. The caller closes the channel
// after the host's verdict.
func (m *Memory) enter(ctx context.Context, key shown, host string) (chan struct{}, error) {
	for {
		mine, others, err := m.turn(key, host)
		if err != nil || mine != nil {
			return mine, err
		}
		select {
		case <-others:
		case <-ctx.Done():
			return nil, fault.New(fault.Busy, opSignIn, host, "another host is being asked first whether it accepts the account").
				With("", "the account is shown here once that host has answered")
		}
	}
}

// turn gives a channel of the caller's own when the account may be shown now, else the one
// that another host's verdict closes.
func (m *Memory) turn(key shown, host string) (mine chan struct{}, others <-chan struct{}, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	m.sweep(now)
	a := m.accounts[key]
	if a == nil {
		a = &account{hosts: map[string]refusal{}}
		m.accounts[key] = a
	}
	a.used = now
	for _, r := range []refusal{a.all, a.hosts[host]} {
		if now.Before(r.until) {
			return nil, nil, notShown(host, r)
		}
	}
	switch {
	case a.accepted:
		return make(chan struct{}), nil, nil
	case a.verdict != nil:
		select {
		case <-a.verdict:
		default:
			return nil, a.verdict, nil
		}
	}
	a.verdict = make(chan struct{})
	return a.verdict, nil, nil
}

func notShown(host string, r refusal) error {
	f := fault.New(fault.Denied, opSignIn, host, fmt.Sprintf("%s; so that it is not locked out, the account is not shown again before %s",
		fault.Cause(r.err), r.until.UTC().Format("15:04:05Z")))
	f.Next, f.Err = "correct the Secret, which counts at once, or try it now with kubectl fedroute reconcile", remote.ErrNotShown
	return f
}

// note remembers a host's verdict. A host that was not reached has given none.
func (m *Memory) note(key shown, host string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, now := m.accounts[key], m.clock()
	switch {
	case a == nil: // forgotten meanwhile
	case err == nil:
		a.accepted, a.doubt, a.all = true, "", refusal{}
		delete(a.hosts, host)
	case errors.Is(err, fault.ErrAccountRefused):
		if !a.accepted || a.doubt != "" && a.doubt != host {
			a.accepted, a.all = false, refusal{err, now.Add(pause)}
		}
		a.doubt = host
		a.hosts[host] = refusal{err, now.Add(longer)}
	}
}

// Forgive lets every refused account of the namespace be shown again.
func (m *Memory) Forgive(namespace string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, a := range m.accounts {
		if key.namespace == namespace {
			a.all, a.hosts = refusal{}, map[string]refusal{}
		}
	}
}

// sweep forgets accounts that nobody signs in with. The caller holds the lock.
func (m *Memory) sweep(now time.Time) {
	for key, a := range m.accounts {
		if now.Sub(a.used) > unused {
			delete(m.accounts, key)
		}
	}
}

const opSignIn = "sign in to"
