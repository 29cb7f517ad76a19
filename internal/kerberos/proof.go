package kerberos

import (
	"encoding/binary"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/types"
)

// maxIterations bounds the work of deriving a key from a password. The KDC chooses
// the number of iterations, and the library would do up to 4 billion. KDCs ask for
// 4096 or 32768; this limit takes a fraction of a second.
const maxIterations = 1 << 18

// prove shows the KDC that the client holds the user's key: it encrypts the time
// with the key (RFC 4120 section 5.2.7.2). hints are the KDC's description of that
// key.
func (c *Client) prove(hints []byte) (types.PAData, error) {
	var said types.PADataSequence
	if err := said.Unmarshal(hints); err != nil {
		return types.PAData{}, krberror.Errorf(err, krberror.EncodingError, "pre-authentication")
	}
	if err := affordable(said); err != nil {
		return types.PAData{}, err
	}
	key, kvno, err := c.key(said)
	if err != nil {
		return types.PAData{}, krberror.Errorf(err, krberror.EncryptingError, "pre-authentication")
	}
	now, err := types.GetPAEncTSEncAsnMarshalled()
	if err != nil {
		return types.PAData{}, krberror.Errorf(err, krberror.EncodingError, "pre-authentication")
	}
	sealed, err := crypto.GetEncryptedData(now, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, kvno)
	if err != nil {
		return types.PAData{}, krberror.Errorf(err, krberror.EncryptingError, "pre-authentication")
	}
	raw, err := sealed.Marshal()
	return types.PAData{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: raw}, err
}

// key makes the user's key, of the encryption type that the KDC names first. It
// refuses a type that the client did not offer: a KDC that chooses one wants the
// password to be easy to guess.
func (c *Client) key(said types.PADataSequence) (types.EncryptionKey, int, error) {
	etype, err := encryptionType(said)
	if err != nil {
		return types.EncryptionKey{}, 0, err
	}
	if !slices.Contains(c.config.LibDefaults.DefaultTktEnctypeIDs, etype) {
		return types.EncryptionKey{}, 0, krberror.NewErrorf(krberror.EncryptingError, "%s", errorcode.Lookup(errorcode.KDC_ERR_ETYPE_NOSUPP))
	}
	if c.who.HasKeytab() {
		return c.who.Keytab().GetEncryptionKey(c.who.CName(), c.who.Domain(), 0, etype)
	}
	key, _, err := crypto.GetKeyFromPassword(c.who.Password(), c.who.CName(), c.who.Domain(), etype, said)
	return key, 0, err
}

// encryptionType is the type that the KDC prefers (RFC 4120 section 5.2.7.5).
func encryptionType(said types.PADataSequence) (int32, error) {
	for _, hint := range said {
		if hint.PADataType == patype.PA_ETYPE_INFO2 {
			all, err := hint.GetETypeInfo2()
			return all[0].EType, err
		}
	}
	for _, hint := range said {
		if hint.PADataType == patype.PA_ETYPE_INFO {
			all, err := hint.GetETypeInfo()
			return all[0].EType, err
		}
	}
	return 0, krberror.New(krberror.EncodingError, "the KDC names no encryption type")
}

// affordable refuses a key that takes too long to derive. An iteration count of 0
// stands for 4 billion (RFC 3962 section 4).
func affordable(said types.PADataSequence) error {
	for _, hint := range said {
		if hint.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		all, err := hint.GetETypeInfo2()
		if err != nil {
			return krberror.Errorf(err, krberror.EncodingError, "encryption types")
		}
		for _, one := range all {
			if len(one.S2KParams) != 4 {
				continue
			}
			if n := binary.BigEndian.Uint32(one.S2KParams); n == 0 || n > maxIterations {
				return krberror.NewErrorf(krberror.EncodingError, "%d iterations", n)
			}
		}
	}
	return nil
}
