package wsman

import (
	"context"
	"net"
	"time"

	"github.com/fedroute/fedroute/lyncsim/wsman/ntlm"
)

// session is the service's state of one TCP connection. Requests on a connection
// follow one another, so it needs no lock.
type session struct {
	conn      net.Conn
	handshake *ntlm.Handshake // logon that is under way
	account   *Account        // logged on by Negotiate, for the life of the connection
	until     time.Time       // end of that logon; zero: the end of the connection
	sealer    Sealer          // nil when the logon gave no keys
}

// forget logs the connection off.
func (s *session) forget() { s.handshake, s.account, s.sealer, s.until = nil, nil, nil, time.Time{} }

// known reports whether the connection is still logged on.
func (s *session) known(now time.Time) bool {
	return s.account != nil && (s.until.IsZero() || now.Before(s.until))
}

type sessionKey struct{}

func withSession(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, sessionKey{}, &session{conn: c})
}
