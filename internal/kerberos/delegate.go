package kerberos

import (
	"context"
	"errors"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// forwarded is the key of the ticket to hand over, among the tickets that are held.
const forwarded = "a ticket for others"

// errNotForwardable is the KDC's policy for members of Protected Users and for accounts
// that are marked as sensitive.
var errNotForwardable = krberror.New(krberror.KDCError, "not forwardable")

// credential gives the message that hands a ticket of the user over to the service of
// t; nil when none is to be handed over.
func (c *Client) credential(ctx context.Context, held map[string]ticket, t ticket) ([]byte, error) {
	if !c.delegate {
		return nil, nil
	}
	given := held[forwarded]
	if !c.good(given) {
		var err error
		if given, err = c.forward(ctx, held); err != nil {
			return nil, err
		}
		held[forwarded] = given
	}
	return handOver(given, c.who.CName(), t.key)
}

// forward gets the ticket to hand over: a copy of the user's ticket for the KDC, with
// another key (RFC 4120 section 2.6).
func (c *Client) forward(ctx context.Context, held map[string]ticket) (ticket, error) {
	tgt, err := c.loggedIn(ctx, held)
	if err != nil {
		return ticket{}, err
	}
	if !types.IsFlagSet(&tgt.part.Flags, flags.Forwardable) {
		return ticket{}, errNotForwardable
	}
	home := c.who.Domain()
	given, err := c.grant(ctx, tgt, home, ticketGranter(home), flags.Forwarded, flags.Forwardable)
	refused := messages.KRBError{}
	if errors.As(err, &refused) && (refused.ErrorCode == errorcode.KDC_ERR_BADOPTION || refused.ErrorCode == errorcode.KDC_ERR_POLICY) {
		return ticket{}, errNotForwardable
	}
	return given, err
}

// The parts of KRB-CRED (RFC 4120 section 5.8.1). The library reads the message and
// cannot write it.
type (
	krbCred struct {
		PVNO    int                 `asn1:"explicit,tag:0"`
		MsgType int                 `asn1:"explicit,tag:1"`
		Tickets asn1.RawValue       `asn1:"explicit,tag:2"`
		EncPart types.EncryptedData `asn1:"explicit,tag:3"`
	}
	encKrbCredPart struct {
		TicketInfo []krbCredInfo `asn1:"explicit,tag:0"`
	}
	krbCredInfo struct {
		Key       types.EncryptionKey `asn1:"explicit,tag:0"`
		PRealm    string              `asn1:"generalstring,explicit,tag:1"`
		PName     types.PrincipalName `asn1:"explicit,tag:2"`
		Flags     asn1.BitString      `asn1:"explicit,tag:3"`
		AuthTime  time.Time           `asn1:"generalized,explicit,tag:4"`
		StartTime time.Time           `asn1:"generalized,explicit,tag:5"`
		EndTime   time.Time           `asn1:"generalized,explicit,tag:6"`
		RenewTill time.Time           `asn1:"generalized,optional,explicit,tag:7"`
		SRealm    string              `asn1:"generalstring,explicit,tag:8"`
		SName     types.PrincipalName `asn1:"explicit,tag:9"`
	}
)

// handOver writes the KRB-CRED that only the holder of the key can read.
func handOver(t ticket, user types.PrincipalName, key types.EncryptionKey) ([]byte, error) {
	plain, err := asn1.Marshal(encKrbCredPart{TicketInfo: []krbCredInfo{{
		Key: t.key, PRealm: t.Realm, PName: user, Flags: t.part.Flags,
		AuthTime: t.part.AuthTime, StartTime: t.since, EndTime: t.until, RenewTill: t.part.RenewTill,
		SRealm: t.Realm, SName: t.SName,
	}}})
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.GetEncryptedData(asn1tools.AddASNAppTag(plain, asnAppTag.EncKrbCredPart), key, keyusage.KRB_CRED_ENCPART, 0)
	if err != nil {
		return nil, err
	}
	tickets, err := messages.MarshalTicketSequence([]messages.Ticket{t.Ticket})
	if err != nil {
		return nil, err
	}
	tickets.Tag = 2
	raw, err := asn1.Marshal(krbCred{PVNO: iana.PVNO, MsgType: msgtype.KRB_CRED, Tickets: tickets, EncPart: sealed})
	if err != nil {
		return nil, err
	}
	return asn1tools.AddASNAppTag(raw, asnAppTag.KRBCred), nil
}
