package ntlm

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"
)

// answer plays a client that protects its messages with a MIC and binds its logon to a
// channel, as current Windows does.
func answer(negotiate, challenge, binding []byte) []byte {
	const password, user, domain = "geheim", "ops", "LAB"
	info, _ := field(challenge, 40)
	pairs := [][]byte{info[:len(info)-4], avPair(avFlags, []byte{avFlagMIC, 0, 0, 0})}
	if binding != nil {
		pairs = append(pairs, avPair(avChannelBindings, binding))
	}
	blob := slices.Concat([]byte{1, 1, 0, 0, 0, 0, 0, 0}, make([]byte, 8), []byte("12345678"), make([]byte, 4),
		slices.Concat(pairs...), avPair(avEnd, nil), make([]byte, 4))
	key := mac(ntHash(password), toUTF16("OPS"+domain))
	proof := mac(key, challenge[24:32], blob)

	payload := [][]byte{append(bytes.Clone(proof), blob...), toUTF16(domain), toUTF16(user)}
	msg := append([]byte(signature), typeAuthenticate, 0, 0, 0)
	msg = append(msg, make([]byte, endMIC-len(msg))...)
	for i, off := range []int{offNTResponse, offDomain, offUser} {
		binary.LittleEndian.PutUint16(msg[off:], uint16(len(payload[i])))
		binary.LittleEndian.PutUint32(msg[off+4:], uint32(len(msg)))
		msg = append(msg, payload[i]...)
	}
	binary.LittleEndian.PutUint32(msg[offFlags:], exampleFlags&^flagKeyExchange)
	copy(msg[offMIC:endMIC], mac(mac(key, proof), negotiate, challenge, msg))
	return msg
}

func TestMICAndChannelBinding(t *testing.T) {
	ours, theirs := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)
	flip := func(at int) func([]byte) { return func(m []byte) { m[at] ^= 0x10 } }
	keep := func([]byte) {}
	tests := map[string]struct {
		reason    string
		onServer  []byte // the channel as the server sees it
		onClient  []byte
		strict    bool
		negotiate func([]byte) // changes a message before the client or the server sees it
		challenge func([]byte)
		final     func([]byte)
		accepted  bool
	}{
		"Faithful":      {"nothing happens", nil, nil, false, keep, keep, keep, true},
		"Downgrade":     {"somebody takes a flag out of the offer", nil, nil, false, flip(12), keep, keep, false},
		"Challenge":     {"somebody changes the challenge's version", nil, nil, false, keep, flip(48), keep, false},
		"MIC":           {"somebody changes the code itself", nil, nil, false, keep, keep, flip(offMIC), false},
		"Workstation":   {"somebody changes a field that no proof covers", nil, nil, false, keep, keep, flip(44), false},
		"Bound":         {"bound to this channel", ours, ours, true, keep, keep, keep, true},
		"Relayed":       {"bound to a channel with somebody else", ours, theirs, false, keep, keep, keep, false},
		"Unbound":       {"not bound, and that is allowed", ours, nil, false, keep, keep, keep, true},
		"UnboundStrict": {"not bound, and that is not allowed", ours, nil, true, keep, keep, keep, false},
		"Unchecked":     {"bound to anything, and nobody looks", nil, theirs, false, keep, keep, keep, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			h := &Handshake{Host: Host{Name: "fe01.lab.example"}, Now: time.Now, ChannelBinding: tc.onServer, BindingRequired: tc.strict}
			negotiate := append([]byte(signature), typeNegotiate, 0, 0, 0, 0x33, 0x82, 0x8a, 0xe2)
			offered := bytes.Clone(negotiate)
			tc.negotiate(offered)
			challenge, err := h.Challenge(offered)
			if err != nil {
				t.Fatal(err)
			}
			seen := bytes.Clone(challenge)
			tc.challenge(seen)
			msg := answer(negotiate, seen, tc.onClient)
			tc.final(msg)
			_, err = h.Authenticate(msg, func(string, string) (string, bool) { return "geheim", true })
			if (err == nil) != tc.accepted {
				t.Errorf("%s: %v", tc.reason, err)
			}
		})
	}
}
