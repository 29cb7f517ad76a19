package remote

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"

	"github.com/fedroute/fedroute/internal/fingerprint"
)

// Method is a way to sign in.
type Method string

// The ways to sign in, best first. Basic sends the password itself to the host and
// works for the host's local accounts only.
const (
	Kerberos    Method = "Kerberos"
	NTLM        Method = "NTLM"
	Certificate Method = "Certificate"
	Basic       Method = "Basic"
)

// Credentials are the account that signs in. They print without their secrets,
// whatever the verb.
type Credentials struct {
	Method Method
	// Username is "DOMAIN\user", "user@domain" or a local account's name; for
	// Kerberos the principal's name without realm.
	Username string
	Password string `json:"-"`
	// Certificate and key, for Method Certificate.
	Certificate *tls.Certificate `json:"-"`
	// Kerberos is needed for Method Kerberos.
	Kerberos *KerberosConfig
}

// KerberosConfig describes where tickets come from.
type KerberosConfig struct {
	// Realm of the principal, e.g. "CONTOSO.COM".
	Realm string
	// Krb5Conf is the text of a krb5.conf. When it is empty, the realm's KDCs are
	// found through DNS.
	Krb5Conf string `json:"-"`
	// Keytab, in MIT format, is used instead of the password when not empty.
	Keytab []byte `json:"-"`
}

// String names method and user only.
func (c Credentials) String() string { return fmt.Sprintf("%s %s", c.Method, c.Username) }

// Format keeps secrets out of every verb: %d would print the fields.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue keeps secrets out of structured logs.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String names the realm only.
func (k KerberosConfig) String() string { return k.Realm }

// Format keeps the keytab out of every verb.
func (k KerberosConfig) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue keeps the keytab out of structured logs.
func (k KerberosConfig) LogValue() slog.Value { return slog.StringValue(k.Realm) }

// Print is a fingerprint by which credentials can be compared without keeping them.
func (c Credentials) Print() fingerprint.Print {
	parts := [][]byte{[]byte(c.Method), []byte(c.Username), []byte(c.Password)}
	if c.Certificate != nil {
		parts = append(parts, c.Certificate.Certificate...)
	}
	if k := c.Kerberos; k != nil {
		parts = append(parts, []byte(k.Realm), []byte(k.Krb5Conf), k.Keytab)
	}
	return fingerprint.Of(parts...)
}
