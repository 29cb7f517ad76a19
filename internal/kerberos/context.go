package kerberos

import (
	"errors"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/fault"
)

// Finish reads the service's answer. Only the holder of the service's key can repeat
// the content of Initiate's token, so the answer proves who sent it. The error is a
// fault.Redacted.
func (g *Context) Finish(answer []byte) error {
	return withheld(func() error { return g.finish(answer) })
}

// withheld calls a function that works with keys. It makes sure that neither an
// error of the library nor a panic that the service's data caused shows a key.
func withheld(f func() error) error {
	if _, said := fault.OfSecret(func() (bool, error) { return true, f() }); said != nil {
		return said
	}
	return nil
}

func (g *Context) finish(answer []byte) error {
	if g.terms.Negotiate {
		var reply spnego.NegTokenResp
		if err := reply.Unmarshal(answer); err != nil {
			return err
		}
		answer = reply.ResponseToken
	}
	var token spnego.KRB5Token
	if err := token.Unmarshal(answer); err != nil {
		return err
	}
	if token.IsKRBError() {
		return token.KRBError
	}
	if !token.IsAPRep() {
		return errors.New("the service's token is no AP-REP")
	}
	plain, err := crypto.DecryptEncPart(token.APRep.EncPart, g.key, keyusage.AP_REP_ENCPART)
	if err != nil {
		return err
	}
	var said messages.EncAPRepPart
	if err := said.Unmarshal(plain); err != nil {
		return err
	}
	if !said.CTime.Equal(g.made) || said.Cusec != g.fraction {
		return errors.New("the service repeats another time")
	}
	if said.Subkey.KeyType != 0 { // the context would be kept, and could neither sign nor seal
		if err := usable(said.Subkey); err != nil {
			return err
		}
	}
	g.theirs, g.proved = said.Subkey, true
	return nil
}

// signing is the key that signs messages, and the flag that says which side made it.
func (g *Context) signing() (types.EncryptionKey, byte) {
	if g.theirs.KeyType != 0 {
		return g.theirs, gssapi.MICTokenFlagAcceptorSubkey
	}
	return g.key, 0
}

// Sign makes the signature of a message (RFC 4121 section 4.2.6.1). The error is a
// fault.Redacted.
func (g *Context) Sign(message []byte) (signature []byte, err error) {
	err = withheld(func() error {
		key, flag := g.signing()
		token := gssapi.MICToken{Flags: flag, SndSeqNum: g.next, Payload: message}
		if err := token.SetChecksum(key, keyusage.GSSAPI_INITIATOR_SIGN); err != nil {
			return err
		}
		g.next++
		signature, err = token.Marshal()
		return err
	})
	return signature, err
}

// Verify checks the service's signature of a message. A signature that was seen
// before is refused. The error is a fault.Redacted.
func (g *Context) Verify(message, signature []byte) error {
	return withheld(func() error {
		var token gssapi.MICToken
		if err := token.Unmarshal(signature, true); err != nil {
			return err
		}
		token.Payload = message
		key, _ := g.signing()
		if _, err := token.Verify(key, keyusage.GSSAPI_ACCEPTOR_SIGN); err != nil {
			return err
		}
		if !g.seen.add(token.SndSeqNum) {
			return errors.New("the message is a repeated one")
		}
		return nil
	})
}

// window remembers which of the 64 numbers before the highest one were seen.
type window struct {
	highest uint64
	bits    uint64 // bit n: highest-n was seen
}

// add reports whether a number is new. A number that is older than the window counts
// as seen.
func (w *window) add(n uint64) bool {
	if w.bits == 0 || n > w.highest {
		w.bits, w.highest = w.bits<<min(n-w.highest, 64)|1, n
		return true
	}
	bit := uint64(1) << min(w.highest-n, 64)
	isNew := bit != 0 && w.bits&bit == 0
	w.bits |= bit
	return isNew
}
