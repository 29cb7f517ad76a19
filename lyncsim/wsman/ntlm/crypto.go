//nolint:staticcheck // NTLM is defined with MD4, MD5 and RC4 (MS-NLMP 3.3.2, 3.4.4); TLS protects it.
package ntlm

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"

	"golang.org/x/crypto/md4"
)

// ntHash is the one-way form in which Windows keeps a password.
func ntHash(password string) []byte {
	h := md4.New()
	h.Write(toUTF16(password))
	return h.Sum(nil)
}

// digest is MD5.
func digest(b []byte) []byte {
	sum := md5.Sum(b)
	return sum[:]
}

// mac is HMAC-MD5 over the concatenated parts.
func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(md5.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// newCipher is RC4 with a 16-byte key.
func newCipher(key []byte) *rc4.Cipher {
	c, _ := rc4.NewCipher(key) // fails only for lengths that no caller has
	return c
}
