package shell

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/fedroute/fedroute/internal/winrm"
)

// fingerprint tells credentials apart without keeping them.
type fingerprint [sha256.Size]byte

func printOf(c winrm.Credentials) fingerprint {
	h := sha256.New()
	put := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	for _, s := range []string{string(c.Method), c.Username, c.Password} {
		put([]byte(s))
	}
	if c.Certificate != nil {
		for _, der := range c.Certificate.Certificate {
			put(der)
		}
	}
	if k := c.Kerberos; k != nil {
		put([]byte(k.Realm))
		put([]byte(k.Krb5Conf))
		put(k.Keytab)
		put([]byte(k.SPN))
	}
	return fingerprint(h.Sum(nil))
}
