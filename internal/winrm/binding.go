package winrm

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"slices"
)

// binding is the application data of the channel binding "tls-server-end-point" (RFC
// 5929 section 4): the hash of the host's certificate. A host can demand it, so that
// nobody can pass a sign-in on from another TLS connection. It is nil when the
// certificate's signature has no hash of its own, for which the RFC defines nothing.
func binding(state tls.ConnectionState) []byte {
	if len(state.PeerCertificates) == 0 {
		return nil
	}
	certificate := state.PeerCertificates[0]
	for hash, algorithms := range bindingHashes {
		if slices.Contains(algorithms, certificate.SignatureAlgorithm) {
			sum := hash.New()
			sum.Write(certificate.Raw)
			return sum.Sum([]byte("tls-server-end-point:"))
		}
	}
	return nil
}

// bindingHashes are the hashes by the algorithm of the certificate's signature. MD5 and
// SHA-1 are replaced by SHA-256.
var bindingHashes = map[crypto.Hash][]x509.SignatureAlgorithm{
	crypto.SHA256: {x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.DSAWithSHA256, x509.ECDSAWithSHA256},
	crypto.SHA384: {x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384},
	crypto.SHA512: {x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512},
}
