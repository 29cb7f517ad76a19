package rfc2136

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos"
)

// initiator is the client's side of a GSS-API context.
type initiator interface {
	// Finish takes the server's token.
	Finish(token []byte) error
	Sign(message []byte) ([]byte, error)
	Verify(message, signature []byte) error
}

// user is the account of the credentials.
func (k Kerberos) user() kerberos.User {
	return kerberos.User{Name: k.Username, Realm: k.Realm, Password: k.Password, Keytab: k.Keytab, Config: k.Config, Reach: k.Reach}
}

// begin gets new tickets and makes the first token for a server. The tickets are not
// kept: an agreed context has its own key, and a server whose key was changed
// accepts no ticket from before. Faults: Unreachable, Denied, Invalid.
func begin(ctx context.Context, k Kerberos, principal string) (initiator, []byte, error) {
	user := k.user()
	client, err := kerberos.New(opUseKerberos, user.String(), user)
	if err != nil {
		return nil, nil, err
	}
	agreeing, token, err := client.Initiate(ctx, principal, kerberos.Terms{Mutual: true})
	if err != nil {
		return nil, nil, told("sign in as "+user.String()+" at", principal, err)
	}
	return agreeing, token, nil
}

// told adds Op and Target to a fault of the Kerberos client.
func told(op, target string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	f.Op, f.Target, f.Effect = op, target, "nothing was changed"
	if errors.Is(err, kerberos.ErrNoSuchService) {
		f.Kind, f.Next = fault.Invalid, "give the DNS server's own name as the domain knows it"
	}
	return f
}
