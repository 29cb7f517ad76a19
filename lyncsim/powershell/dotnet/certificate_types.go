package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// CertificateStore is a Machine whose own certificates (LocalMachine, My) scripts may read.
type CertificateStore interface{ Certificates() []StoredCertificate }

// StoredCertificate is one certificate of a machine's store.
type StoredCertificate struct {
	Thumbprint string
	// Chain has the flags (X509ChainStatusFlags) that the machine finds when it builds the
	// certificate's chain without asking for revocation; none for a chain that is whole.
	Chain []string
}

const x509Namespace = "System.Security.Cryptography.X509Certificates."

// certificateTypes declare the store of a machine and the check of a chain.
func certificateTypes() []*Type {
	return []*Type{
		{Name: x509Namespace + "X509Store", New: newCertificateStore},
		{Name: x509Namespace + "X509Chain", New: func(*Args) (any, error) { return newChain(), nil }},
	}
}

// newCertificateStore opens as the store of another system does where the machine has none.
func newCertificateStore(a *Args) (any, error) {
	if !strings.EqualFold(a.Text(0), "My") || !strings.EqualFold(a.Text(1), "LocalMachine") {
		return nil, Refuse("the certificate store %s of %s", a.Text(0), a.Text(1))
	}
	o := value.NewObject(x509Namespace+"X509Store").Set("Name", "My").Set("Location", "LocalMachine").Set("Certificates", nil)
	o.Adapted = true
	o.Methods = map[string]value.Method{
		"open": func([]any) (any, error) {
			store, ok := a.Env.Machine.(CertificateStore)
			if !ok {
				return nil, value.NewException("System.Security.Cryptography.CryptographicException",
					"Unix LocalMachine X509Store is limited to the Root and CertificateAuthority stores.")
			}
			var all []any
			for _, c := range store.Certificates() {
				one := value.NewObject(x509Namespace+"X509Certificate2").Set("Thumbprint", c.Thumbprint).Set(chainOf, c.Chain)
				one.Adapted = true
				all = append(all, one)
			}
			o.Set("Certificates", value.NewArray(x509Namespace+"X509Certificate2Collection", all...))
			return Void, nil
		},
		"close": func([]any) (any, error) { return Void, nil },
	}
	return o, nil
}

// chainOf is the property in which a certificate of the simulated store keeps what its chain
// would show. No script can write its name.
const chainOf = " chain"

func newChain() *value.Object {
	policy := value.NewObject(x509Namespace+"X509ChainPolicy").Set("RevocationMode", "Online")
	policy.Adapted = true
	const statuses = x509Namespace + "X509ChainStatus[]"
	o := value.NewObject(x509Namespace+"X509Chain").Set("ChainPolicy", policy).Set("ChainStatus", value.NewArray(statuses))
	o.Adapted = true
	o.Methods = map[string]value.Method{
		"build": func(args []any) (any, error) {
			if mode, _ := policy.Get("RevocationMode"); !strings.EqualFold(value.Text(mode), "NoCheck") {
				return nil, Refuse("X509Chain.Build() with the revocation mode %s", value.Text(mode))
			}
			certificate, ok := args[0].(*value.Object)
			if !ok {
				return nil, value.NewException("System.ArgumentException", "The certificate is invalid.")
			}
			found, _ := certificate.Get(chainOf)
			var all []any
			for _, flag := range value.Unroll(found) {
				status := value.NewObject(x509Namespace+"X509ChainStatus").Set("Status", flag)
				status.Adapted = true
				all = append(all, status)
			}
			o.Set("ChainStatus", value.NewArray(statuses, all...))
			return len(all) == 0, nil
		},
	}
	return o
}
