package accounts_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/memory/accounts"
	"github.com/fedroute/fedroute/internal/remote"
)

// act is one attempt to sign in, some time after the one before, and what the host says.
type act struct {
	after   time.Duration
	host    string
	says    error
	forgive bool
}

var (
	refused     = &fault.Error{Kind: fault.Denied, Cause: "the password is wrong", Err: fault.ErrAccountRefused}
	unreachable = fault.New(fault.Unreachable, "connect to", "host", "no answer")
	noRight     = fault.New(fault.Denied, "open", "host", "the account may not open shells")
	alice       = remote.Credentials{Method: remote.NTLM, Username: `CONTOSO\alice`, Password: "secret"}
)

func TestRefusedAccount(t *testing.T) {
	const minute = time.Minute
	for name, c := range map[string]struct {
		reason      string
		credentials remote.Credentials
		acts        []act
		shown       []int // the acts in which the host was shown the account
	}{
		"refused":          {"five refusals lock an account out, so the next host is not shown it", alice, []act{{host: "fe1", says: refused}, {host: "fe2"}, {after: 14 * minute, host: "fe3"}}, []int{0}},
		"after the pause":  {"one host in fifteen minutes is shown it", alice, []act{{host: "fe1", says: refused}, {after: 15 * minute, host: "fe2", says: refused}, {host: "fe3"}}, []int{0, 1}},
		"another's turn":   {"the host that refused does not take the only turn again", alice, []act{{host: "fe1", says: refused}, {after: 15 * minute, host: "fe1"}, {host: "fe2"}}, []int{0, 2}},
		"accepted":         {"an accepted account may go everywhere", alice, []act{{host: "fe1"}, {host: "fe2"}, {host: "fe1"}}, []int{0, 1, 2}},
		"one host alone":   {"where others accept it, the refusing host is at fault and the others go on", alice, []act{{host: "fe1"}, {host: "edge1", says: refused}, {host: "fe2"}, {host: "edge1"}}, []int{0, 1, 2}},
		"changed at night": {"two hosts that refuse what was accepted mean another password", alice, []act{{host: "fe1"}, {host: "fe1", says: refused}, {host: "fe2", says: refused}, {host: "fe3"}}, []int{0, 1, 2}},
		"unreachable":      {"a host that was not reached has said nothing", alice, []act{{host: "fe1", says: unreachable}, {host: "fe2"}}, []int{0, 1}},
		"no right":         {"a missing right is none of the password", alice, []act{{host: "fe1", says: noRight}, {host: "fe2"}}, []int{0, 1}},
		"forgiven":         {"a person has unlocked it and asks", alice, []act{{host: "fe1", says: refused}, {host: "fe1", forgive: true}}, []int{0, 1}},
		"local":            {"a local account is locked out on its own machine only", remote.Credentials{Method: remote.Basic, Username: "admin"}, []act{{host: "edge1", says: refused}, {host: "edge2"}}, []int{0, 1}},
		"local by dot":     {"the dot stands for the machine itself", remote.Credentials{Method: remote.NTLM, Username: `.\admin`}, []act{{host: "edge1", says: refused}, {host: "edge2"}}, []int{0, 1}},
		"by UPN":           {"a user principal name is of a domain", remote.Credentials{Method: remote.NTLM, Username: "alice@contoso.com"}, []act{{host: "fe1", says: refused}, {host: "fe2"}}, []int{0}},
		"by Kerberos":      {"a KDC counts wrong passwords, too", remote.Credentials{Method: remote.Kerberos, Username: "alice"}, []act{{host: "fe1", says: refused}, {host: "fe2"}}, []int{0}},
		"forgotten":        {"an account that nobody used for six hours is not kept", alice, []act{{host: "fe1"}, {after: 7 * time.Hour, host: "fe1", says: refused}, {host: "fe2"}}, []int{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
			m := accounts.New(func() time.Time { return now })
			var shown []int
			for i, a := range c.acts {
				now = now.Add(a.after)
				if a.forgive {
					m.Forgive("lync")
				}
				dial := m.Dialer("lync", func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
					shown = append(shown, i)
					return nil, a.says
				})
				_, err := dial(t.Context(), remote.Endpoint{URL: "https://" + a.host}, c.credentials)
				if tried := len(shown) > 0 && shown[len(shown)-1] == i; tried == errors.Is(err, remote.ErrNotShown) {
					t.Errorf("act %d ended with %v", i, err)
				}
			}
			if diff := cmp.Diff(c.shown, shown); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// A namespace's refusals do not hold another namespace.
func TestRefusalStaysInItsNamespace(t *testing.T) {
	m := accounts.New(time.Now)
	says := func(err error) remote.Dialer {
		return func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) { return nil, err }
	}
	_, _ = m.Dialer("one", says(refused))(t.Context(), remote.Endpoint{URL: "https://fe1"}, alice) // the refusal itself
	if _, err := m.Dialer("two", says(nil))(t.Context(), remote.Endpoint{URL: "https://fe1"}, alice); err != nil {
		t.Errorf("the other namespace is held: %v", err)
	}
}

// Hosts that are dialed at the same moment are shown an unproven account one at a time.
func TestUnprovenAccountIsShownToOneHostAtATime(t *testing.T) {
	m := accounts.New(time.Now)
	var mu sync.Mutex
	shown := 0
	dial := m.Dialer("lync", func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
		mu.Lock()
		defer mu.Unlock()
		shown++
		return nil, refused
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := dial(t.Context(), remote.Endpoint{URL: "https://fe1"}, alice)
			if !fault.Is(err, fault.Denied) {
				t.Errorf("ended with %v", err)
			}
		})
	}
	all.Wait()
	if shown != 1 {
		t.Errorf("the account was shown %d times", shown)
	}
}

// A host that hangs holds the others back only as long as they care to wait.
func TestWaitForAVerdictEnds(t *testing.T) {
	m := accounts.New(time.Now)
	hangs, entered := make(chan struct{}), make(chan struct{})
	go func() {
		_, _ = m.Dialer("lync", func(context.Context, remote.Endpoint, remote.Credentials) (remote.Session, error) {
			close(entered)
			<-hangs
			return nil, unreachable
		})(context.Background(), remote.Endpoint{URL: "https://fe1"}, alice)
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Dialer("lync", nil)(ctx, remote.Endpoint{URL: "https://fe2"}, alice)
	if !fault.Is(err, fault.Busy) {
		t.Errorf("ended with %v", err)
	}
	close(hangs)
}
