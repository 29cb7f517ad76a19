package kerberos

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/crypto/etype"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/fedroute/fedroute/internal/fault"
)

// A sealed message (RFC 4121 section 4.2.4): a header, then the encryption of message,
// filler and header, rotated to the right. The rotation brings what was encrypted
// behind the message to the front, so the token is a signature of fixed length with
// the sealed message behind it.
const (
	wrapHeader = gssapi.HdrLen
	// flagSealed is the one flag of the header that the library does not name.
	flagSealed = 0x02
)

var wrapID = []byte{5, 4}

// Wrap seals a message. The context must be mutual and finished. The error is a
// fault.Redacted.
func (g *Context) Wrap(message []byte) (sealed, signature []byte, err error) {
	err = withheld(func() error {
		if !g.proved {
			return errors.New("the service did not prove who it is")
		}
		key, flag := g.signing()
		kind, err := sealing(key)
		if err != nil {
			return err
		}
		head := append(bytes.Clone(wrapID), flag|flagSealed, gssapi.FillerByte, 0, 0, 0, 0)
		head = binary.BigEndian.AppendUint64(head, g.next)
		_, hidden, err := kind.EncryptMessage(key.KeyValue, append(bytes.Clone(message), head...), keyusage.GSSAPI_INITIATOR_SEAL)
		if err != nil {
			return err
		}
		g.next++
		rotation := wrapHeader + kind.GetHMACBitLength()/8
		binary.BigEndian.PutUint16(head[6:], uint16(rotation))
		cut := len(hidden) - rotation
		token := append(append(head, hidden[cut:]...), hidden[:cut]...)
		size := len(token) - len(message)
		sealed, signature = token[size:], token[:size]
		return nil
	})
	return sealed, signature, err
}

// Unwrap opens a message of the service. A message that was seen before is refused.
// The error is a fault.Redacted.
func (g *Context) Unwrap(sealed, signature []byte) (message []byte, err error) {
	err = withheld(func() error {
		message, err = g.unwrap(append(bytes.Clone(signature), sealed...))
		return err
	})
	return message, err
}

func (g *Context) unwrap(token []byte) ([]byte, error) {
	if len(token) <= wrapHeader || !bytes.HasPrefix(token, wrapID) {
		return nil, errors.New("no sealed message")
	}
	head, hidden := token[:wrapHeader], token[wrapHeader:]
	if !g.proved {
		return nil, errors.New("the service did not prove who it is")
	}
	key, flag := g.signing()
	if head[2] != gssapi.MICTokenFlagSentByAcceptor|flagSealed|flag {
		return nil, fmt.Errorf("flags %x are not those of the service's sealed messages", head[2])
	}
	kind, err := sealing(key)
	if err != nil {
		return nil, err
	}
	front := int(binary.BigEndian.Uint16(head[6:])) % len(hidden)
	plain, err := kind.DecryptMessage(key.KeyValue, append(bytes.Clone(hidden[front:]), hidden[:front]...), keyusage.GSSAPI_ACCEPTOR_SEAL)
	if err != nil {
		return nil, err
	}
	inner := bytes.Clone(head)
	binary.BigEndian.PutUint16(inner[6:], 0) // the header was encrypted before the rotation
	message, ok := bytes.CutSuffix(plain, inner)
	filler := int(binary.BigEndian.Uint16(head[4:]))
	if !ok || filler > len(message) {
		return nil, errors.New("the header is not the one that was sealed")
	}
	if !g.seen.add(binary.BigEndian.Uint64(head[8:])) {
		return nil, errors.New("the message is a repeated one")
	}
	return message[:len(message)-filler], nil
}

// Seals tells whether messages can be sealed with the context's key. Fault: Denied.
func (g *Context) Seals() error {
	key, _ := g.signing()
	if _, err := sealing(key); err != nil {
		return fault.New(fault.Denied, "", "", err.Error()).
			With("", "allow AES for the account of the host, or use the https listener")
	}
	return nil
}

// sealing gives the encryption for a key. RFC 4121 describes tokens for all but the old
// types, of which RC4 is still in use.
func sealing(key types.EncryptionKey) (etype.EType, error) {
	switch key.KeyType {
	case etypeID.AES128_CTS_HMAC_SHA1_96, etypeID.AES256_CTS_HMAC_SHA1_96, etypeID.AES128_CTS_HMAC_SHA256_128, etypeID.AES256_CTS_HMAC_SHA384_192:
		return crypto.GetEtype(key.KeyType)
	}
	return nil, fmt.Errorf("messages are not sealed with keys of the old encryption type %d, such as RC4 (23)", key.KeyType)
}
