// Package kerberos is the service's half of Kerberos logon: it checks the
// client's ticket with the machine's key and proves the machine in return.
//
// The library verifies tickets and has no answer to give, so the AP-REP of
// RFC 4120 (3.2.4) is made here.
package kerberos

import (
	"errors"
	"fmt"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Acceptor accepts tickets for one service. It is safe for use by several
// goroutines.
type Acceptor struct {
	settings *service.Settings
}

// New makes an acceptor for a principal such as HTTP/fe01.contoso.com, whose
// keys are in a keytab as ktutil and ktpass write it.
func New(keys []byte, principal string) (*Acceptor, error) {
	kt := keytab.New()
	if err := kt.Unmarshal(keys); err != nil {
		return nil, fmt.Errorf("kerberos: the keytab of %s: %w", principal, err)
	}
	return &Acceptor{service.NewSettings(kt, service.KeytabPrincipal(principal), service.DecodePAC(false))}, nil
}

// Accept checks a token, wrapped in SPNEGO or bare, as Windows takes both. reply
// has the token's own form; it holds the proof of the service when the client
// asked for it.
func (a *Acceptor) Accept(token []byte) (user, realm string, reply []byte, err error) {
	mech, wrapped := unwrap(token)
	var krb spnego.KRB5Token
	if err := krb.Unmarshal(mech); err != nil {
		return "", "", nil, fmt.Errorf("kerberos: %w", err)
	}
	if krb.APReq.MsgType != msgtype.KRB_AP_REQ {
		return "", "", nil, errors.New("kerberos: the token is no AP-REQ")
	}
	ok, who, err := service.VerifyAPREQ(&krb.APReq, a.settings)
	if err != nil {
		return "", "", nil, fmt.Errorf("kerberos: %w", err)
	}
	if !ok {
		return "", "", nil, errors.New("kerberos: the ticket is not valid")
	}
	var proof []byte
	if types.IsFlagSet(&krb.APReq.APOptions, flags.APOptionMutualRequired) {
		if proof, err = prove(&krb.APReq); err != nil {
			return "", "", nil, fmt.Errorf("kerberos: %w", err)
		}
	}
	if wrapped {
		proof, err = wrap(proof)
	}
	return who.UserName(), who.Realm(), proof, err
}

// unwrap takes the Kerberos token out of a SPNEGO one.
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

// prove makes the AP-REP: the time the client sent, encrypted with the session
// key that only the real service can have.
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
