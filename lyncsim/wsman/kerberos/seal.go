package kerberos

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Wrap tokens of RFC 4121, 4.2.6.2.
const (
	headerSize   = 16
	flagAcceptor = 1
	flagSealed   = 2
)

// rotation is how far this end rotates what follows the header of a token: the length
// of the encrypted copy of the header and of its checksum, for the AES types. Rotated
// by it, these come before the message and are sent as its signature, as Windows does.
const (
	rotation      = headerSize + 12
	signatureSize = headerSize + confounder + rotation
	confounder    = 16
)

// sealer encrypts the messages of a connection that signed in with Kerberos. The
// keys are those of the client: this end names none of its own.
type sealer struct {
	key     types.EncryptionKey
	in, out uint64 // sequence numbers of the next messages
}

// newSealer makes the sealer of a logon. The client's messages are numbered from the
// number in its authenticator; those of this end from 0, because its answer names no
// number.
func newSealer(req *messages.APReq) *sealer {
	key := req.Authenticator.SubKey
	if len(key.KeyValue) == 0 {
		key = req.Ticket.DecryptedEncPart.Key
	}
	return &sealer{key: key, in: uint64(req.Authenticator.SeqNumber)}
}

// Unwrap opens the client's next message.
func (s *sealer) Unwrap(sealed, signature []byte) ([]byte, error) {
	token := append(bytes.Clone(signature), sealed...)
	if len(token) < headerSize || token[0] != 5 || token[1] != 4 || token[2]&(flagAcceptor|flagSealed) != flagSealed {
		return nil, errors.New("the message is no sealed token of the client")
	}
	header := bytes.Clone(token[:headerSize])
	if binary.BigEndian.Uint64(header[8:]) != s.in {
		return nil, errors.New("the message is not the next one")
	}
	body := token[headerSize:]
	if len(body) == 0 {
		return nil, errors.New("the message is empty")
	}
	turn := int(binary.BigEndian.Uint16(header[6:])) % len(body)
	plain, err := crypto.DecryptMessage(append(bytes.Clone(body[turn:]), body[:turn]...), s.key, keyusage.GSSAPI_INITIATOR_SEAL)
	if err != nil {
		return nil, err
	}
	clear(header[6:8]) // the encrypted copy was made before the rotation
	filler := int(binary.BigEndian.Uint16(header[4:]))
	plain, ok := bytes.CutSuffix(plain, header)
	if !ok || len(plain) < filler {
		return nil, errors.New("the header of the message was changed")
	}
	s.in++
	return plain[:len(plain)-filler], nil
}

// Wrap seals the next message of this end.
func (s *sealer) Wrap(plain []byte) (sealed, signature []byte) {
	header := []byte{5, 4, flagAcceptor | flagSealed, 0xff, 0, 0, 0, 0}
	header = binary.BigEndian.AppendUint64(header, s.out)
	s.out++
	data, err := crypto.GetEncryptedData(append(bytes.Clone(plain), header...), s.key, keyusage.GSSAPI_ACCEPTOR_SEAL, 0)
	if err != nil { // newSealer's key has opened a message before
		return nil, nil
	}
	body := data.Cipher
	binary.BigEndian.PutUint16(header[6:], rotation)
	split := len(body) - rotation
	token := append(append(header, body[split:]...), body[:split]...)
	return token[signatureSize:], token[:signatureSize]
}
