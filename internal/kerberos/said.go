package kerberos

import (
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/krberror"
)

// Said gives the name of what the library or a KDC complains of, such as
// "KDC_ERR_POLICY". It is one of a closed list; no other word of the library is
// repeated, because it was given keys and quotes them.
func Said(err error) string {
	text := err.Error()
	for code := range int32(100) { // RFC 4120 section 7.5.9 ends at 76
		name, _, _ := strings.Cut(strings.TrimLeft(errorcode.Lookup(code), "(0123456789) "), " ")
		if strings.HasPrefix(name, "K") && strings.Contains(text, name+" ") {
			return name
		}
	}
	for _, name := range []string{krberror.NetworkingError, krberror.DecryptingError, krberror.EncryptingError, krberror.ChksumError,
		krberror.EncodingError, krberror.ConfigError, krberror.KDCError, krberror.KRBMsgError} {
		if strings.Contains(text, name) {
			return name
		}
	}
	return "no reason that is known"
}
