package ntlm

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"
)

// Host is what the server reports about itself in its challenge.
type Host struct {
	Name   string // fully qualified
	Domain string // NetBIOS domain name; empty for a workgroup machine
}

// Handshake is one logon on one connection. It is ready once Host and Now are set.
// It is not safe for use by several goroutines.
type Handshake struct {
	Host Host
	Now  func() time.Time

	// ChannelBinding is the value to which a client must bind its logon when it binds
	// it at all (see ServerEndPoint); nil accepts any.
	ChannelBinding []byte
	// BindingRequired refuses clients that send no channel binding.
	BindingRequired bool

	negotiate, challenge []byte
	nonce                [8]byte
}

// Identity describes a successful logon.
type Identity struct {
	User, Domain string  // as the client wrote them
	Sealer       *Sealer // nil when the client negotiated no 128-bit sealing
}

// Challenge answers a NEGOTIATE message. A handshake that was under way starts
// again.
func (h *Handshake) Challenge(negotiate []byte) ([]byte, error) {
	if err := checkType(negotiate, typeNegotiate); err != nil {
		return nil, err
	}
	if len(negotiate) < 16 {
		return nil, errors.New("the NTLM message is too short")
	}
	wanted := binary.LittleEndian.Uint32(negotiate[12:])
	const echoed = flagUnicode | flagRequestTarget | flagSign | flagSeal | flagAlwaysSign |
		flagExtendedSecurity | flag128 | flagKeyExchange | flag56
	flags := wanted&echoed | flagUnicode | flagNTLM | flagTargetInfo | flagVersion
	if h.Host.Domain != "" {
		flags |= flagTargetDomain
	} else {
		flags |= flagTargetServer
	}
	_, _ = rand.Read(h.nonce[:]) // never fails since Go 1.24
	h.negotiate = slices.Clone(negotiate)
	h.challenge = h.compose(flags)
	return h.challenge, nil
}

// compose lays out the CHALLENGE message (MS-NLMP 2.2.1.2).
func (h *Handshake) compose(flags uint32) []byte {
	const headerSize = 56
	computer, dnsDomain, _ := strings.Cut(h.Host.Name, ".")
	computer = strings.ToUpper(computer)
	target := h.Host.Domain
	if target == "" {
		target, dnsDomain = computer, h.Host.Name
	}
	name, info := toUTF16(target), h.targetInfo(target, computer, dnsDomain)
	le := binary.LittleEndian
	b := append([]byte(signature), typeChallenge, 0, 0, 0)
	descriptor := func(n, at int) {
		b = le.AppendUint16(b, uint16(n))
		b = le.AppendUint16(b, uint16(n))
		b = le.AppendUint32(b, uint32(at))
	}
	descriptor(len(name), headerSize)
	b = le.AppendUint32(b, flags)
	b = append(b, h.nonce[:]...)
	b = append(b, make([]byte, 8)...)
	descriptor(len(info), headerSize+len(name))
	b = append(b, 10, 0, 0x63, 0x45, 0, 0, 0, 15) // version 10.0.17763, NTLMSSP revision 15
	return slices.Concat(b, name, info)
}

func (h *Handshake) targetInfo(target, computer, dnsDomain string) []byte {
	// FILETIME: 100 ns since 1601.
	now := binary.LittleEndian.AppendUint64(nil, uint64(h.Now().UnixNano()/100)+116444736000000000)
	return slices.Concat(
		avPair(avDomain, toUTF16(target)),
		avPair(avComputer, toUTF16(computer)),
		avPair(avDNSDomain, toUTF16(dnsDomain)),
		avPair(avDNSComputer, toUTF16(h.Host.Name)),
		avPair(avTimestamp, now),
		avPair(avEnd, nil),
	)
}

// Authenticate checks an AUTHENTICATE message. password gives the password of an
// account and reports whether the account exists. The challenge is used up in every
// case. The error's text is for logs of the simulator and never contains secrets.
func (h *Handshake) Authenticate(msg []byte, password func(user, domain string) (string, bool)) (Identity, error) {
	challenge := h.challenge
	h.challenge = nil
	if challenge == nil {
		return Identity{}, errors.New("no challenge is outstanding on this connection")
	}
	a, err := parseAuthenticate(msg)
	if err != nil {
		return Identity{}, err
	}
	secret, ok := password(a.user, a.domain)
	if !ok {
		return Identity{}, errors.New("no such account: " + a.domain + `\` + a.user)
	}
	session, err := a.verify(secret, h.nonce)
	if err != nil {
		return Identity{}, err
	}
	if a.hasMIC() {
		if err := a.verifyMIC(session, h.negotiate, challenge); err != nil {
			return Identity{}, err
		}
	}
	if err := h.checkBinding(a); err != nil {
		return Identity{}, err
	}
	return Identity{User: a.user, Domain: a.domain, Sealer: newSealer(session, a.flags)}, nil
}

// checkBinding compares the client's channel binding with this channel's.
func (h *Handshake) checkBinding(a *authenticate) error {
	got := findAV(a.clientInfo(), avChannelBindings)
	if len(got) == 0 || bytes.Equal(got, make([]byte, 16)) {
		if h.BindingRequired {
			return errors.New("the logon is not bound to the TLS channel")
		}
		return nil
	}
	if h.ChannelBinding != nil && !bytes.Equal(got, h.ChannelBinding) {
		return errors.New("the logon is bound to another TLS channel")
	}
	return nil
}
