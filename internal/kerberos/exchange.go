package kerberos

import (
	"context"
	"errors"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

const (
	krbtgt = "krbtgt"
	// maxReferrals is the largest number of realms between a user and a service.
	maxReferrals = 5
)

// ticketGranter is the principal of a realm's KDC as a service.
func ticketGranter(realm string) types.PrincipalName {
	return types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{krbtgt, realm}}
}

// taken gives the ticket of an answer. It refuses one whose key nothing can be encrypted
// with: held, it would keep the user out until it ends.
func taken(rep messages.KDCRepFields) (ticket, error) {
	part := rep.DecryptedEncPart
	if err := usable(part.Key); err != nil {
		return ticket{}, err
	}
	since := part.StartTime
	if since.IsZero() { // a KDC may leave it out (RFC 4120 section 5.4.2)
		since = part.AuthTime
	}
	return ticket{Ticket: rep.Ticket, part: part, key: part.Key, since: since, until: part.EndTime}, nil
}

// usable refuses a key that nothing can be encrypted with. Whoever sends a key may send any
// type and any number of bytes.
func usable(key types.EncryptionKey) error {
	etype, err := crypto.GetEtype(key.KeyType)
	if err != nil || len(key.KeyValue) != etype.GetKeyByteSize() {
		return krberror.NewErrorf(krberror.EncodingError, "a key of type %d with %d bytes", key.KeyType, len(key.KeyValue))
	}
	return nil
}

// logIn gets the user's ticket for the KDC: the AS exchange (RFC 4120 section 3.1).
// It always asks first how the key is made. A wrong guess would count as a wrong
// password, and too many of those lock the account.
func (c *Client) logIn(ctx context.Context) (ticket, error) {
	realm := c.who.Domain()
	request, err := messages.NewASReqForTGT(realm, c.config, c.who.CName())
	if err != nil {
		return ticket{}, krberror.Errorf(err, krberror.KRBMsgError, "AS request")
	}
	answer, err := c.ask(ctx, realm, request.Marshal)
	refused := messages.KRBError{}
	if errors.As(err, &refused) && refused.ErrorCode == errorcode.KDC_ERR_PREAUTH_REQUIRED {
		proof, provingErr := c.prove(refused.EData)
		if provingErr != nil {
			return ticket{}, provingErr
		}
		request.PAData = append(request.PAData, proof)
		answer, err = c.ask(ctx, realm, request.Marshal)
	}
	if err != nil {
		return ticket{}, err
	}
	var rep messages.ASRep
	if err := rep.Unmarshal(answer); err != nil {
		return ticket{}, krberror.Errorf(err, krberror.EncodingError, "AS answer")
	}
	if err := affordable(rep.PAData); err != nil {
		return ticket{}, err
	}
	if ok, err := rep.Verify(c.config, c.who, request); !ok {
		return ticket{}, krberror.Errorf(err, krberror.KRBMsgError, "AS answer is not valid or client password/keytab incorrect")
	}
	return taken(rep.KDCRepFields)
}

// grant gets a ticket for a service: the TGS exchange (RFC 4120 section 3.3). When
// the service is in another realm, the KDC gives a ticket for that realm's KDC (RFC
// 6806 section 8), and grant asks that KDC next.
func (c *Client) grant(ctx context.Context, tgt ticket, realm string, service types.PrincipalName, options ...int) (ticket, error) {
	for range maxReferrals + 1 {
		request, err := c.tgsRequest(tgt, realm, service, options)
		if err != nil {
			return ticket{}, krberror.Errorf(err, krberror.KRBMsgError, "TGS request")
		}
		answer, err := c.ask(ctx, realm, request.Marshal)
		if err != nil {
			return ticket{}, err
		}
		var rep messages.TGSRep
		if err := rep.Unmarshal(answer); err != nil {
			return ticket{}, krberror.Errorf(err, krberror.EncodingError, "TGS answer")
		}
		if err := rep.DecryptEncPart(tgt.key); err != nil {
			return ticket{}, krberror.Errorf(err, krberror.DecryptingError, "TGS answer")
		}
		if ok, err := rep.Verify(c.config, request); !ok {
			return ticket{}, krberror.Errorf(err, krberror.KRBMsgError, "TGS answer")
		}
		given, err := taken(rep.KDCRepFields)
		got := rep.Ticket.SName
		if err != nil || got.NameString[0] != krbtgt || got.Equal(service) {
			return given, err
		}
		tgt, realm = given, got.NameString[len(got.NameString)-1]
	}
	return ticket{}, krberror.New(krberror.KRBMsgError, "too many referrals")
}

// tgsRequest makes the request, with options of the KDC (RFC 4120 section 5.4.1). The
// library takes no options, and writes the ticket's realm as the user's, which is
// wrong from the second realm on. So this package proves the user itself.
func (c *Client) tgsRequest(tgt ticket, realm string, service types.PrincipalName, options []int) (messages.TGSReq, error) {
	request, err := messages.NewTGSReq(c.who.CName(), realm, c.config, tgt.Ticket, tgt.key, service, false)
	if err != nil {
		return request, err
	}
	types.SetFlags(&request.ReqBody.KDCOptions, options)
	body, err := request.ReqBody.Marshal()
	if err != nil {
		return request, err
	}
	etype, err := crypto.GetEtype(tgt.key.KeyType)
	if err != nil {
		return request, err
	}
	sum, err := etype.GetChecksumHash(tgt.key.KeyValue, body, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM)
	if err != nil {
		return request, err
	}
	author, err := types.NewAuthenticator(c.who.Domain(), c.who.CName())
	if err != nil {
		return request, err
	}
	author.Cksum = types.Checksum{CksumType: etype.GetHashID(), Checksum: sum}
	shown, err := messages.NewAPReq(tgt.Ticket, tgt.key, author)
	if err != nil {
		return request, err
	}
	raw, err := shown.Marshal()
	request.PAData = types.PADataSequence{{PADataType: patype.PA_TGS_REQ, PADataValue: raw}}
	return request, err
}
