package kerberos

import (
	"context"
	"crypto/md5" //nolint:gosec // RFC 4121 hashes channel bindings with MD5
	"encoding/binary"
	"math"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Terms are what the client wants of a security context.
type Terms struct {
	// Negotiate carries the tokens in SPNEGO, as HTTP does (RFC 4559).
	Negotiate bool
	// Mutual asks the service to prove who it is. Only then can messages be signed
	// and sealed.
	Mutual bool
	// Binding is the application data of the channel binding (RFC 5056), e.g. of the
	// TLS connection; nil means none.
	Binding []byte
}

// Context is a GSS-API security context with a service. Both sides have proved who
// they are, and sign and seal messages with a key that only they know. Only one
// goroutine at a time may use it.
type Context struct {
	terms    Terms
	proved   bool                // the service proved who it is
	key      types.EncryptionKey // of the ticket
	theirs   types.EncryptionKey // the key that the service made; type 0 when it made none
	made     time.Time           // time in the token, which the service must repeat
	fraction int
	next     uint64 // number of the next message to the service
	seen     window // numbers of the service's messages
}

// Initiate begins a context with a service, such as "DNS/ns1.contoso.com", and gives
// the token for the service. On mutual terms the service's answer goes to Finish. Its
// faults have no Op and Target: Denied, Unreachable, Invalid.
func (c *Client) Initiate(ctx context.Context, service string, terms Terms) (*Context, []byte, error) {
	var g *Context
	token, err := withTicket(ctx, c, service, func(t ticket, credential []byte) ([]byte, error) {
		shown, author, err := c.show(t, terms, credential)
		if err != nil {
			return nil, err
		}
		g = &Context{terms: terms, key: t.key, made: author.CTime.Truncate(time.Second), fraction: author.Cusec, next: uint64(author.SeqNumber)}
		raw, err := shown.Marshal()
		if err != nil || !terms.Negotiate {
			return raw, err
		}
		token := spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{
			MechTypes: []asn1.ObjectIdentifier{gssapi.OIDKRB5.OID()}, MechTokenBytes: raw,
		}}
		return token.Marshal()
	})
	return g, token, err
}

// show makes the token that presents a ticket to its service (RFC 4121 section 4.1),
// and gives what only the service can read in it. The library's own token has neither
// a channel binding nor a credential.
func (c *Client) show(t ticket, terms Terms, credential []byte) (spnego.KRB5Token, types.Authenticator, error) {
	author, err := types.NewAuthenticator(c.who.Domain(), c.who.CName())
	if err != nil {
		return spnego.KRB5Token{}, author, err
	}
	if author.Cksum, err = terms.checksum(credential); err != nil {
		return spnego.KRB5Token{}, author, err
	}
	token, err := spnego.NewKRB5TokenAPREQ(&client.Client{Credentials: c.who}, t.Ticket, t.key, nil, nil)
	if err != nil {
		return token, author, err
	}
	if token.APReq, err = messages.NewAPReq(t.Ticket, t.key, author); err != nil {
		return token, author, err
	}
	if terms.Mutual {
		types.SetFlag(&token.APReq.APOptions, flags.APOptionMutualRequired)
	}
	return token, author, nil
}

// checksum tells the service the terms, and hands over a credential (RFC 4121 section
// 4.1.1).
func (t Terms) checksum(credential []byte) (types.Checksum, error) {
	wanted := uint32(gssapi.ContextFlagInteg)
	if t.Mutual {
		wanted |= gssapi.ContextFlagMutual | gssapi.ContextFlagReplay | gssapi.ContextFlagSequence
	}
	if t.Negotiate {
		wanted |= gssapi.ContextFlagConf
	}
	if credential != nil {
		wanted |= gssapi.ContextFlagDeleg
	}
	binding := make([]byte, md5.Size)
	if t.Binding != nil {
		binding = bindingHash(t.Binding)
	}
	sum := append(binary.LittleEndian.AppendUint32(nil, md5.Size), binding...)
	sum = binary.LittleEndian.AppendUint32(sum, wanted)
	if len(credential) > math.MaxUint16 {
		return types.Checksum{}, krberror.NewErrorf(krberror.EncodingError, "a ticket of %d bytes cannot be handed over", len(credential))
	}
	if credential != nil {
		sum = binary.LittleEndian.AppendUint16(sum, 1) // the only option: delegation
		sum = append(binary.LittleEndian.AppendUint16(sum, uint16(len(credential))), credential...)
	}
	return types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: sum}, nil
}

// bindingHash is the hash of a channel binding without addresses (RFC 4121 section
// 4.1.1.2).
func bindingHash(application []byte) []byte {
	flat := make([]byte, 16) // two address types and two lengths, all zero
	flat = append(binary.LittleEndian.AppendUint32(flat, uint32(len(application))), application...)
	sum := md5.Sum(flat) //nolint:gosec // as above
	return sum[:]
}
