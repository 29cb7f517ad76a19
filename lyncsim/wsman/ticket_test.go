package wsman_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// ticketOffice accepts only the token "ops". The token is valid until the given time.
type ticketOffice struct{ until time.Time }

func (o ticketOffice) Accept(token []byte) (wsman.Ticket, error) {
	if string(token) != "ops" {
		return wsman.Ticket{}, errors.New("no ticket")
	}
	return wsman.Ticket{User: "ops", Realm: "LAB", Until: o.until}, nil
}

func TestKerberosLogonEndsWithTheTicket(t *testing.T) {
	clock := newHandClock()
	l := newLab(t, func(c *wsman.Config, ca *pki.CA) {
		people(c, ca)
		c.Clock, c.Kerberos, c.Methods = clock, ticketOffice{clock.Now().Add(time.Minute)}, []wsman.Method{wsman.Kerberos}
	})
	c := l.client(t)
	show := func(token string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", "Negotiate "+base64.StdEncoding.EncodeToString([]byte(token)))
		}
	}
	silent := func(*http.Request) {}
	steps := []struct {
		reason    string
		authorize func(*http.Request)
		after     time.Duration
		status    int
	}{
		{"nobody knows the connection", silent, 0, http.StatusUnauthorized},
		{"the ticket logs it on", show("ops"), 0, http.StatusOK},
		{"it stays logged on", silent, 59 * time.Second, http.StatusOK},
		{"until the ticket has run out", silent, time.Second, http.StatusUnauthorized},
		{"a stranger's ticket is none", show("who"), 0, http.StatusUnauthorized},
	}
	for _, s := range steps {
		clock.advance(s.after)
		c.authorize = s.authorize
		if a := c.create(); a.Status != s.status {
			t.Errorf("%s: status %d, want %d", s.reason, a.Status, s.status)
		}
	}
	if a := l.client(t).ntlm(`LAB\ops`, "Sommer!23").create(); a.Status != http.StatusUnauthorized {
		t.Errorf("NTLM is denied here and let somebody in: %d", a.Status)
	}
}
