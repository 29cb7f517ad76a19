// Package kerberos is the server side of Kerberos logon: it checks the client's
// ticket with the machine's key and proves the machine's identity to the client.
//
// The library verifies tickets but makes no answer, so this package makes the AP-REP
// of RFC 4120 (3.2.4).
package kerberos

import (
	"errors"
	"fmt"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// Acceptor accepts tickets for one service. It is safe for use by several
// goroutines.
type Acceptor struct {
	settings *service.Settings
}

// New makes an acceptor for a principal such as HTTP/fe01.contoso.com. Its keys are
// in a keytab as ktutil and ktpass write it.
func New(keys []byte, principal string, options ...Option) (*Acceptor, error) {
	kt, err := read(keys)
	if err != nil {
		return nil, fmt.Errorf("kerberos: the keytab of %s: %w", principal, err)
	}
	a := &Acceptor{service.NewSettings(kt, service.KeytabPrincipal(principal), service.DecodePAC(false))}
	for _, o := range options {
		o(a.settings)
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
// accepts both. The reply has the token's form; it holds the service's proof when
// the client asked for it.
func (a *Acceptor) Accept(token []byte) (wsman.Ticket, error) {
	mech, wrapped := unwrap(token)
	ticket, err := a.accept(mech)
	if err != nil {
		return wsman.Ticket{}, fmt.Errorf("kerberos: %w", err)
	}
	if wrapped {
		ticket.Reply, err = wrap(ticket.Reply)
	}
	return ticket, err
}

func (a *Acceptor) accept(mech []byte) (wsman.Ticket, error) {
	var krb spnego.KRB5Token
	if err := krb.Unmarshal(mech); err != nil {
		return wsman.Ticket{}, err
	}
	if krb.APReq.MsgType != msgtype.KRB_AP_REQ {
		return wsman.Ticket{}, errors.New("the token is no AP-REQ")
	}
	ok, who, err := service.VerifyAPREQ(&krb.APReq, a.settings)
	if err != nil {
		return wsman.Ticket{}, err
	}
	if !ok {
		return wsman.Ticket{}, errors.New("the ticket is not valid")
	}
	end := krb.APReq.Ticket.DecryptedEncPart.EndTime
	ticket := wsman.Ticket{User: who.UserName(), Realm: who.Realm(), Until: end.Add(a.settings.MaxClockSkew())}
	if types.IsFlagSet(&krb.APReq.APOptions, flags.APOptionMutualRequired) {
		ticket.Reply, err = prove(&krb.APReq)
	}
	return ticket, err
}

// unwrap extracts the Kerberos token from a SPNEGO token.
func unwrap(token []byte) (mech []byte, wrapped bool) {
	var t spnego.SPNEGOToken
	if err := t.Unmarshal(token); err != nil || !t.Init {
		return token, false
	}
	return t.NegTokenInit.MechTokenBytes, true
}

func wrap(mech []byte) ([]byte, error) {
	r := spnego.NegTokenResp{
		NegState:      asn1.Enumerated(spnego.NegStateAcceptCompleted),
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
	oid, err := asn1.Marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		return nil, err
	}
	const tokenID = "\x02\x00" // AP-REP (RFC 4121, 4.1)
	token := append(append(oid, tokenID...), asn1tools.AddASNAppTag(rep, asnAppTag.APREP)...)
	return asn1tools.AddASNAppTag(token, 0), nil
}
