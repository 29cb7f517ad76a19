// Package kerberos is the server side of Kerberos logon: it checks the client's
// ticket with the machine's key and proves the machine's identity to the client.
//
// The library verifies tickets but makes no answer, so this package makes the AP-REP
// of RFC 4120 (3.2.4).
package kerberos

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// Acceptor accepts tickets for the names of one machine. It is safe for use by several
// goroutines.
type Acceptor struct {
	names map[string]*service.Settings // by principal in lower case
}

// New makes an acceptor for principals such as HTTP/fe01.contoso.com. Their keys are
// in a keytab as ktutil and ktpass write it. A ticket for another name is one that the
// KDC encrypted for another account.
func New(keys []byte, principals []string, options ...Option) (*Acceptor, error) {
	kt, err := read(keys)
	if err != nil {
		return nil, fmt.Errorf("kerberos: the keytab of %s: %w", strings.Join(principals, ", "), err)
	}
	a := &Acceptor{names: map[string]*service.Settings{}}
	for _, p := range principals {
		s := service.NewSettings(kt, service.KeytabPrincipal(p), service.DecodePAC(false))
		for _, o := range options {
			o(s)
		}
		a.names[strings.ToLower(p)] = s
	}
	return a, nil
}

// Option changes an Acceptor.
type Option func(*service.Settings)

// Skew is how far the clocks of client and service may differ, and therefore how
// long a ticket is still accepted after its end. The default is 5 minutes, as in
// Active Directory.
func Skew(d time.Duration) Option { return Option(service.MaxClockSkew(d)) }

// Accept checks a token. It may be wrapped in SPNEGO or bare, because Windows
// accepts both. The reply has the token's form. It holds the service's proof when the
// client asked for it; beside an error it holds the complaint, when there is one.
func (a *Acceptor) Accept(token []byte) (wsman.Ticket, error) {
	mech, wrapped := unwrap(token)
	ticket, err := a.accept(mech)
	if wrapped && (err == nil || len(ticket.Reply) > 0) {
		state := spnego.NegStateAcceptCompleted
		if err != nil {
			state = spnego.NegStateReject
		}
		var failed error
		if ticket.Reply, failed = wrap(ticket.Reply, state); failed != nil {
			return wsman.Ticket{}, failed
		}
	}
	if err != nil {
		return wsman.Ticket{Reply: ticket.Reply}, fmt.Errorf("kerberos: %w", err)
	}
	return ticket, nil
}

func (a *Acceptor) accept(mech []byte) (wsman.Ticket, error) {
	var krb spnego.KRB5Token
	if err := krb.Unmarshal(mech); err != nil {
		return wsman.Ticket{}, err
	}
	if krb.APReq.MsgType != msgtype.KRB_AP_REQ {
		return wsman.Ticket{}, errors.New("the token is no AP-REQ")
	}
	settings := a.names[strings.ToLower(krb.APReq.Ticket.SName.PrincipalNameString())]
	if settings == nil {
		// Clients of Windows call it SEC_E_WRONG_PRINCIPAL.
		return complain(messages.NewKRBError(krb.APReq.Ticket.SName, krb.APReq.Ticket.Realm, errorcode.KRB_AP_ERR_MODIFIED, ""))
	}
	ok, who, err := service.VerifyAPREQ(&krb.APReq, settings)
	if complaint, named := errors.AsType[messages.KRBError](err); named {
		return complain(complaint)
	}
	if err != nil {
		return wsman.Ticket{}, err
	}
	if !ok {
		return wsman.Ticket{}, errors.New("the ticket is not valid")
	}
	wishes, err := wishesOf(&krb.APReq)
	if err != nil {
		return wsman.Ticket{}, err
	}
	end := krb.APReq.Ticket.DecryptedEncPart.EndTime
	ticket := wsman.Ticket{
		User: who.UserName(), Realm: who.Realm(), Until: end.Add(settings.MaxClockSkew()),
		Forwarded: wishes.forwarded, Binding: wishes.binding, Sealer: newSealer(&krb.APReq),
	}
	if types.IsFlagSet(&krb.APReq.APOptions, flags.APOptionMutualRequired) {
		ticket.Reply, err = prove(&krb.APReq)
	}
	return ticket, err
}

// complain refuses a ticket with an error that the client can read, such as clocks that
// differ or a ticket that is encrypted for another account.
func complain(e messages.KRBError) (wsman.Ticket, error) {
	e.EText = "" // Windows sends the code alone
	raw, err := e.Marshal()
	if err != nil {
		return wsman.Ticket{}, err
	}
	token, err := framed(raw, tokenError)
	if err != nil {
		return wsman.Ticket{}, err
	}
	return wsman.Ticket{Reply: token}, e
}

// unwrap extracts the Kerberos token from a SPNEGO token.
func unwrap(token []byte) (mech []byte, wrapped bool) {
	var t spnego.SPNEGOToken
	if err := t.Unmarshal(token); err != nil || !t.Init {
		return token, false
	}
	return t.NegTokenInit.MechTokenBytes, true
}

func wrap(mech []byte, state spnego.NegState) ([]byte, error) {
	r := spnego.NegTokenResp{
		NegState:      asn1.Enumerated(state),
		SupportedMech: gssapi.OIDKRB5.OID(),
		ResponseToken: mech,
	}
	return r.Marshal()
}

// prove makes the AP-REP: the time that the client sent, encrypted with the session
// key, which only the real service can know.
func prove(req *messages.APReq) ([]byte, error) {
	part, err := asn1.Marshal(messages.EncAPRepPart{CTime: req.Authenticator.CTime.UTC(), Cusec: req.Authenticator.Cusec})
	if err != nil {
		return nil, err
	}
	part = asn1tools.AddASNAppTag(part, asnAppTag.EncAPRepPart)
	sealed, err := crypto.GetEncryptedData(part, req.Ticket.DecryptedEncPart.Key, keyusage.AP_REP_ENCPART, 0)
	if err != nil {
		return nil, err
	}
	rep, err := asn1.Marshal(messages.APRep{PVNO: 5, MsgType: msgtype.KRB_AP_REP, EncPart: sealed})
	if err != nil {
		return nil, err
	}
	return framed(asn1tools.AddASNAppTag(rep, asnAppTag.APREP), tokenReply)
}

// The ids of tokens (RFC 4121, 4.1).
const (
	tokenReply = "\x02\x00" // AP-REP
	tokenError = "\x03\x00" // KRB-ERROR
)

// framed is a Kerberos message as a token of GSS-API.
func framed(message []byte, id string) ([]byte, error) {
	oid, err := asn1.Marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		return nil, err
	}
	return asn1tools.AddASNAppTag(append(append(oid, id...), message...), 0), nil
}
