package message

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
)

// ID names a runspace pool or a pipeline. It is a UUID (RFC 9562); its octets are in
// the order in which the UUID is written.
type ID [16]byte

// NewID makes a random ID, version 4.
func NewID() ID {
	var id ID
	// crypto/rand.Read never fails.
	_, _ = rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// String writes the ID in capitals, as Windows does in a WSMan envelope.
func (id ID) String() string {
	return fmt.Sprintf("%X-%X-%X-%X-%X", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// ParseID reads the form that String writes, in either case.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, fmt.Errorf("%.40q is no UUID", text)
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil || len(raw) != len(id) {
		return id, fmt.Errorf("%.40q is no UUID", text)
	}
	return ID(raw), nil
}

// MarshalText writes the ID for JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the ID from JSON.
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID(string(text))
	return err
}

// swapped converts between the written order of octets and the order of .NET, which
// holds the first three groups little-endian (MS-DTYP 2.3.4.2).
func (id ID) swapped() ID {
	return ID{
		id[3], id[2], id[1], id[0], id[5], id[4], id[7], id[6],
		id[8], id[9], id[10], id[11], id[12], id[13], id[14], id[15],
	}
}
