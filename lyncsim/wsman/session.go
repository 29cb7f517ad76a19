package wsman

import (
	"context"
	"net"
	"time"

	"github.com/fedroute/fedroute/lyncsim/wsman/ntlm"
)

// session is what the service remembers about one TCP connection. Requests on a
// connection come one after the other, so it needs no lock.
type session struct {
	conn      net.Conn
	handshake *ntlm.Handshake // under way
	account   *Account        // who logged on by Negotiate: the connection stays theirs
	until     time.Time       // how long it does; zero: to its end
	sealer    *ntlm.Sealer
}

// forget logs the connection off.
func (s *session) forget() { s.handshake, s.account, s.sealer, s.until = nil, nil, nil, time.Time{} }

// known says whether the connection is still somebody's.
func (s *session) known(now time.Time) bool {
	return s.account != nil && (s.until.IsZero() || now.Before(s.until))
}

type sessionKey struct{}

func withSession(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, sessionKey{}, &session{conn: c})
}
