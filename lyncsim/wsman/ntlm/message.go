// Package ntlm is the server side of NTLMv2 (MS-NLMP): the challenge, the check of
// the client's response, and the signing and sealing of messages after that.
//
// It refuses NTLMv1, LM and anonymous logon, as current versions of Windows do.
package ntlm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

const signature = "NTLMSSP\x00"

// Message types (MS-NLMP 2.2.1).
const (
	typeNegotiate    = 1
	typeChallenge    = 2
	typeAuthenticate = 3
)

// Negotiate flags (MS-NLMP 2.2.2.5).
const (
	flagUnicode          = 1 << 0
	flagRequestTarget    = 1 << 2
	flagSign             = 1 << 4
	flagSeal             = 1 << 5
	flagNTLM             = 1 << 9
	flagAlwaysSign       = 1 << 15
	flagTargetDomain     = 1 << 16
	flagTargetServer     = 1 << 17
	flagExtendedSecurity = 1 << 19
	flagTargetInfo       = 1 << 23
	flagVersion          = 1 << 25
	flag128              = 1 << 29
	flagKeyExchange      = 1 << 30
	flag56               = 1 << 31
)

// AV_PAIR ids (MS-NLMP 2.2.2.1).
const (
	avEnd             = 0
	avComputer        = 1
	avDomain          = 2
	avDNSComputer     = 3
	avDNSDomain       = 4
	avFlags           = 6
	avTimestamp       = 7
	avChannelBindings = 10
)

// avFlagMIC is the flag in avFlags of an AUTHENTICATE message that carries a MIC.
const avFlagMIC = 2

// Is reports whether a token is an NTLM message.
func Is(token []byte) bool {
	return len(token) >= 12 && string(token[:8]) == signature
}

// IsNegotiate reports whether a token starts a handshake.
func IsNegotiate(token []byte) bool { return checkType(token, typeNegotiate) == nil }

func checkType(m []byte, want uint32) error {
	if !Is(m) {
		return errors.New("not an NTLM message")
	}
	if got := binary.LittleEndian.Uint32(m[8:]); got != want {
		return fmt.Errorf("an NTLM message of type %d where %d is due", got, want)
	}
	return nil
}

// field reads the payload that the descriptor at off points to.
func field(m []byte, off int) ([]byte, error) {
	if len(m) < off+8 {
		return nil, errors.New("the NTLM message is too short")
	}
	n := int(binary.LittleEndian.Uint16(m[off:]))
	at := int(binary.LittleEndian.Uint32(m[off+4:]))
	if at < 0 || at > len(m) || n > len(m)-at {
		return nil, errors.New("the NTLM message points outside itself")
	}
	return m[at : at+n], nil
}

// avPair is one AV_PAIR on the wire.
func avPair(id uint16, value []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, id)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// findAV gives a pair's value, nil when it is not there.
func findAV(list []byte, id uint16) []byte {
	for len(list) >= 4 {
		got, n := binary.LittleEndian.Uint16(list), int(binary.LittleEndian.Uint16(list[2:]))
		if got == avEnd || len(list) < 4+n {
			return nil
		}
		if got == id {
			return list[4 : 4+n]
		}
		list = list[4+n:]
	}
	return nil
}

func toUTF16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func fromUTF16(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
