package ntlm

import (
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// Offsets in the AUTHENTICATE message (MS-NLMP 2.2.1.3).
const (
	offNTResponse = 20
	offDomain     = 28
	offUser       = 36
	offSessionKey = 52
	offFlags      = 60
	offMIC        = 72
	endMIC        = 88
)

// minNTLMv2 is the length of the proof (16), the client challenge (28) and an empty
// target info. A shorter response is NTLMv1 or anonymous.
const minNTLMv2 = 16 + 28

// authenticate is a parsed AUTHENTICATE message.
type authenticate struct {
	raw          []byte
	user, domain string
	response     []byte // NTLMv2_RESPONSE: proof, then the client's challenge
	sessionKey   []byte // encrypted with the key exchange key
	flags        uint32
}

func parseAuthenticate(m []byte) (*authenticate, error) {
	if err := checkType(m, typeAuthenticate); err != nil {
		return nil, err
	}
	if len(m) < offFlags+4 {
		return nil, errors.New("the NTLM message is too short")
	}
	var parts [4][]byte
	for i, off := range []int{offNTResponse, offDomain, offUser, offSessionKey} {
		p, err := field(m, off)
		if err != nil {
			return nil, err
		}
		parts[i] = p
	}
	if len(parts[0]) < minNTLMv2 {
		return nil, errors.New("NTLMv1 and anonymous logon are refused")
	}
	return &authenticate{
		raw:        m,
		response:   parts[0],
		domain:     fromUTF16(parts[1]),
		user:       fromUTF16(parts[2]),
		sessionKey: parts[3],
		flags:      binary.LittleEndian.Uint32(m[offFlags:]),
	}, nil
}

// verify checks the proof and gives the exported session key (3.3.2, 3.4.5.1).
func (a *authenticate) verify(password string, nonce [8]byte) ([]byte, error) {
	key := mac(ntHash(password), toUTF16(strings.ToUpper(a.user)+a.domain))
	proof := mac(key, nonce[:], a.response[16:])
	if !hmac.Equal(proof, a.response[:16]) {
		return nil, errors.New("the password of " + a.user + " is wrong")
	}
	base := mac(key, proof)
	if a.flags&flagKeyExchange == 0 {
		return base, nil
	}
	if len(a.sessionKey) != 16 {
		return nil, errors.New("the exchanged session key is not 16 bytes long")
	}
	session := make([]byte, 16)
	newCipher(base).XORKeyStream(session, a.sessionKey)
	return session, nil
}

// clientInfo is the target info that the client sends back.
func (a *authenticate) clientInfo() []byte { return a.response[minNTLMv2:] }

func (a *authenticate) hasMIC() bool {
	flags := findAV(a.clientInfo(), avFlags)
	return len(flags) == 4 && binary.LittleEndian.Uint32(flags)&avFlagMIC != 0
}

// verifyMIC checks that the three messages were not changed on the way.
func (a *authenticate) verifyMIC(session, negotiate, challenge []byte) error {
	if len(a.raw) < endMIC {
		return errors.New("the message integrity code is missing")
	}
	bare := slices.Clone(a.raw)
	clear(bare[offMIC:endMIC])
	if !hmac.Equal(mac(session, negotiate, challenge, bare), a.raw[offMIC:endMIC]) {
		return errors.New("the message integrity code is wrong")
	}
	return nil
}
