package kdctest

import (
	"fmt"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

const (
	etype = 18 // aes256-cts-hmac-sha1-96
	kvno  = 1
)

var (
	nobody = types.NewPrincipalName(nametype.KRB_NT_SRV_INST, "krbtgt/NOBODY")
	// usual is how users' keys are made. The salt differs from the standard's, so
	// that a client must ask the KDC for it.
	usual = told(types.ETypeInfo2{{EType: etype, Salt: "pepper", S2KParams: []byte{0, 0, 16, 0}}})
)

func told(hints types.ETypeInfo2) types.PADataSequence {
	return types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: marshal(hints)}}
}

func marshal(v any) []byte {
	raw, err := asn1.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// logIn gives a user a ticket for the KDC itself. When the request has no proof of
// the key, it first gives the salt.
func (k *KDC) logIn(request messages.ASReq) ([]byte, error) {
	hints := usual
	if k.options.Hints != nil {
		hints = told(k.options.Hints)
	}
	if !request.PAData.Contains(patype.PA_ENC_TIMESTAMP) {
		refused := messages.NewKRBError(request.ReqBody.SName, k.Realm, errorcode.KDC_ERR_PREAUTH_REQUIRED, "")
		refused.EData = marshal(hints)
		return nil, refused
	}
	at, err := provesKey(request.PAData, k.userKey)
	if err == nil && time.Now().Add(k.options.Ahead).Sub(at).Abs() > 5*time.Minute {
		return nil, messages.NewKRBError(request.ReqBody.SName, k.Realm, errorcode.KRB_AP_ERR_SKEW, "")
	}
	if err != nil {
		return nil, messages.NewKRBError(request.ReqBody.SName, k.Realm, errorcode.KDC_ERR_PREAUTH_FAILED, "")
	}
	made, err := k.ticket(request.ReqBody, request.ReqBody.CName, k.Realm, request.ReqBody.SName)
	if err != nil {
		return nil, err
	}
	made.MsgType, made.PAData = msgtype.KRB_AS_REP, hints
	return k.seal(AS, made, k.userKey, keyusage.AS_REP_ENCPART)
}

// provesKey gives the time by the clock of a user who has the key.
func provesKey(sent types.PADataSequence, key types.EncryptionKey) (time.Time, error) {
	for _, pa := range sent {
		if pa.PADataType != patype.PA_ENC_TIMESTAMP {
			continue
		}
		var sealed types.EncryptedData
		if err := sealed.Unmarshal(pa.PADataValue); err != nil {
			return time.Time{}, err
		}
		plain, err := crypto.DecryptEncPart(sealed, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP)
		if err != nil {
			return time.Time{}, err
		}
		var stamp types.PAEncTSEnc
		err = stamp.Unmarshal(plain)
		return stamp.PATimestamp, err
	}
	return time.Time{}, fmt.Errorf("no timestamp")
}

// give gives a ticket for a service, or for the KDC of the realm that has the
// service.
func (k *KDC) give(kind string, request messages.TGSReq) ([]byte, error) {
	var shown messages.APReq
	for _, pa := range request.PAData {
		if pa.PADataType == patype.PA_TGS_REQ {
			if err := shown.Unmarshal(pa.PADataValue); err != nil {
				return nil, err
			}
		}
	}
	tgt := &shown.Ticket
	if err := tgt.DecryptEncPart(keysOf(tgt.SName.PrincipalNameString(), tgt.Realm), nil); err != nil {
		return nil, err
	}
	if err := shown.DecryptAuthenticator(tgt.DecryptedEncPart.Key); err != nil {
		return nil, err
	}
	// RFC 4120 section 3.2.3: the client that presents a ticket is the one to which
	// it was issued.
	who := tgt.DecryptedEncPart
	if shown.Authenticator.CRealm != who.CRealm || !shown.Authenticator.CName.Equal(who.CName) {
		return nil, messages.NewKRBError(request.ReqBody.SName, k.Realm, errorcode.KRB_AP_ERR_BADMATCH, "")
	}
	service := request.ReqBody.SName
	if owned := k.options.Owned; owned != nil && owned(service.PrincipalNameString()) > 1 {
		return nil, messages.NewKRBError(service, k.Realm, errorcode.KDC_ERR_PRINCIPAL_NOT_UNIQUE, "")
	}
	if k.options.Refer != nil {
		if realm := k.options.Refer(service.PrincipalNameString()); realm != "" {
			service = types.NewPrincipalName(nametype.KRB_NT_SRV_INST, "krbtgt/"+realm)
		}
	}
	made, err := k.ticket(request.ReqBody, who.CName, who.CRealm, service)
	if err != nil {
		return nil, err
	}
	made.MsgType = msgtype.KRB_TGS_REP
	return k.seal(kind, made, who.Key, keyusage.TGS_REP_ENCPART_SESSION_KEY)
}

func renews(request messages.TGSReq) bool {
	return types.IsFlagSet(&request.ReqBody.KDCOptions, flags.Renew)
}

func (k *KDC) ticket(asked messages.KDCReqBody, user types.PrincipalName, realm string, service types.PrincipalName) (messages.KDCRepFields, error) {
	now := time.Now().Add(k.options.Ahead).UTC().Truncate(time.Second)
	end, renew := now.Add(k.options.Life), now.Add(24*time.Hour)
	bits := types.NewKrbFlags()
	types.SetFlag(&bits, flags.Renewable)
	for _, wanted := range []int{flags.Forwardable, flags.Forwarded} {
		if types.IsFlagSet(&asked.KDCOptions, wanted) && !k.options.Sensitive {
			types.SetFlag(&bits, wanted)
		}
	}
	keys := keysOf(service.PrincipalNameString(), k.Realm)
	given, key, err := messages.NewTicket(user, realm, service, k.Realm, bits, keys, etype, kvno, now, now, end, renew)
	return messages.KDCRepFields{
		PVNO: iana.PVNO, CRealm: realm, CName: user, Ticket: given,
		DecryptedEncPart: messages.EncKDCRepPart{
			Key: key, LastReqs: []messages.LastReq{{LRValue: now}}, Nonce: asked.Nonce, Flags: bits,
			AuthTime: now, StartTime: now, EndTime: end, RenewTill: renew, SRealm: k.Realm, SName: service,
		},
	}, err
}

// seal writes an answer that only the holder of the key can read.
func (k *KDC) seal(kind string, answer messages.KDCRepFields, key types.EncryptionKey, usage uint32) ([]byte, error) {
	if k.options.Spoil != nil {
		k.options.Spoil(kind, &answer)
	}
	plain, err := answer.DecryptedEncPart.Marshal()
	if err != nil {
		return nil, err
	}
	if k.options.Sealed != nil {
		plain = k.options.Sealed(kind, plain)
	}
	if answer.EncPart, err = crypto.GetEncryptedData(plain, key, usage, kvno); err != nil {
		return nil, err
	}
	if answer.MsgType == msgtype.KRB_AS_REP {
		return (&messages.ASRep{KDCRepFields: answer}).Marshal()
	}
	return (&messages.TGSRep{KDCRepFields: answer}).Marshal()
}
