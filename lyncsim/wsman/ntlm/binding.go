package ntlm

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/binary"
)

// ServerEndPoint is the channel binding of a TLS channel with the given server
// certificate: the MD5 of a gss_channel_bindings structure that holds the
// certificate's hash (RFC 5929 section 4, MS-NLMP 3.1.1.2).
func ServerEndPoint(cert *x509.Certificate) []byte {
	var hash []byte
	switch cert.SignatureAlgorithm {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		h := sha512.Sum384(cert.Raw)
		hash = h[:]
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		h := sha512.Sum512(cert.Raw)
		hash = h[:]
	default: // also for MD5 and SHA-1, by RFC 5929
		h := sha256.Sum256(cert.Raw)
		hash = h[:]
	}
	data := append([]byte("tls-server-end-point:"), hash...)
	b := make([]byte, 16) // no initiator and acceptor addresses
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return digest(append(b, data...))
}
