package kerberos

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// gssChecksum is the type of the checksum that carries the client's wishes (RFC 4121,
// 4.1.1).
const gssChecksum = 0x8003

const (
	bindingEnd  = 20 // of Lgth and Bnd
	flagsEnd    = 24
	flagForward = 1
	delegEnd    = 28 // of DlgOpt and Dlgth
)

// wishes are what a client asks for in the checksum of its authenticator.
type wishes struct {
	// binding is the hash of the channel to which the client binds its logon; nil when
	// it binds it to none.
	binding []byte
	// forwarded reports that the client sent a ticket-granting ticket of its own.
	forwarded bool
}

// wishesOf reads the checksum. A client without one wishes nothing.
func wishesOf(req *messages.APReq) (wishes, error) {
	sum := req.Authenticator.Cksum
	if sum.CksumType != gssChecksum {
		return wishes{}, nil
	}
	b := sum.Checksum
	if len(b) < flagsEnd || binary.LittleEndian.Uint32(b) != 16 {
		return wishes{}, errors.New("the checksum of the authenticator is too short")
	}
	w := wishes{binding: b[4:bindingEnd]}
	if slices.Max(w.binding) == 0 {
		w.binding = nil
	}
	if binary.LittleEndian.Uint32(b[bindingEnd:])&flagForward == 0 {
		return w, nil
	}
	if len(b) < delegEnd || len(b)-delegEnd < int(binary.LittleEndian.Uint16(b[delegEnd-2:])) {
		return wishes{}, errors.New("the forwarded ticket is cut short")
	}
	w.forwarded = true
	return w, usable(b[delegEnd:delegEnd+int(binary.LittleEndian.Uint16(b[delegEnd-2:]))], req)
}

// usable checks that a machine could get further tickets with what was forwarded: a
// ticket-granting ticket and its key. Clients encrypt the key for the machine with the
// session key or with their subkey.
func usable(raw []byte, req *messages.APReq) error {
	var cred messages.KRBCred
	if err := cred.Unmarshal(raw); err != nil {
		return fmt.Errorf("the forwarded ticket: %w", err)
	}
	keys := []types.EncryptionKey{req.Ticket.DecryptedEncPart.Key, req.Authenticator.SubKey}
	if !slices.ContainsFunc(keys, func(k types.EncryptionKey) bool { return len(k.KeyValue) > 0 && cred.DecryptEncPart(k) == nil }) {
		return errors.New("the key of the forwarded ticket cannot be opened")
	}
	if len(cred.Tickets) == 0 || len(cred.Tickets[0].SName.NameString) == 0 || cred.Tickets[0].SName.NameString[0] != "krbtgt" {
		return errors.New("the forwarded ticket grants no tickets")
	}
	return nil
}
