package winrm

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// checkCredentials refuses incomplete credentials before anything goes over the
// wire, and names what is missing.
func checkCredentials(c remote.Credentials, host string) error {
	missing := ""
	switch c.Method {
	case remote.Basic, remote.NTLM:
		if c.Username == "" || c.Password == "" {
			missing = "user name and password"
		}
	case remote.Certificate:
		if c.Certificate == nil || c.Certificate.PrivateKey == nil {
			missing = "certificate and private key"
		}
	case remote.Kerberos:
		if c.Username == "" || c.Kerberos == nil || c.Kerberos.Realm == "" {
			missing = "user name and realm"
		} else if c.Password == "" && len(c.Kerberos.Keytab) == 0 {
			missing = "password or keytab"
		}
	default:
		return fault.New(fault.Invalid, opSignIn, host, fmt.Sprintf("%q is not a sign-in method", c.Method)).
			With("", "use Kerberos, NTLM, Certificate or Basic")
	}
	if missing == "" {
		return nil
	}
	return fault.New(fault.Invalid, opSignIn, host, fmt.Sprintf("%s needs a %s", c.Method, missing)).
		With("", "complete the credentials secret")
}
