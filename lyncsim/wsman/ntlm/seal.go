package ntlm

import (
	"crypto/cipher"
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"slices"
)

// SignatureSize is the length of the signature that Wrap returns beside the sealed
// bytes.
const SignatureSize = 16

// Sealer encrypts and signs the messages of a logged-on connection. Each direction
// has its own sequence (MS-NLMP 3.4.4.2).
type Sealer struct{ in, out direction }

type direction struct {
	signKey  []byte
	cipher   cipher.Stream
	exchange bool // with key exchange the checksum is encrypted too
	sequence uint32
}

// newSealer derives the keys of both directions. It gives nil when extended session
// security, 128-bit keys or sealing were not negotiated.
func newSealer(session []byte, flags uint32) *Sealer {
	const needed = flagExtendedSecurity | flag128 | flagSeal
	if flags&needed != needed {
		return nil
	}
	return &Sealer{
		in:  newDirection(session, "client-to-server", flags),
		out: newDirection(session, "server-to-client", flags),
	}
}

func newDirection(session []byte, name string, flags uint32) direction {
	derive := func(purpose string) []byte {
		return digest(append(slices.Clone(session), "session key to "+name+" "+purpose+" key magic constant\x00"...))
	}
	return direction{signKey: derive("signing"), cipher: newCipher(derive("sealing")), exchange: flags&flagKeyExchange != 0}
}

// sign makes the signature of the direction's next message.
func (d *direction) sign(plain []byte) []byte {
	seq := binary.LittleEndian.AppendUint32(nil, d.sequence)
	d.sequence++
	sum := mac(d.signKey, seq, plain)[:8]
	if d.exchange {
		d.cipher.XORKeyStream(sum, sum)
	}
	return slices.Concat([]byte{1, 0, 0, 0}, sum, seq)
}

// Unwrap opens the client's next message.
func (s *Sealer) Unwrap(sealed, signature []byte) ([]byte, error) {
	plain := make([]byte, len(sealed))
	s.in.cipher.XORKeyStream(plain, sealed)
	if !hmac.Equal(s.in.sign(plain), signature) {
		return nil, errors.New("the message's signature is wrong")
	}
	return plain, nil
}

// Wrap seals the server's next message.
func (s *Sealer) Wrap(plain []byte) (sealed, signature []byte) {
	sealed = make([]byte, len(plain))
	s.out.cipher.XORKeyStream(sealed, plain)
	return sealed, s.out.sign(plain)
}
