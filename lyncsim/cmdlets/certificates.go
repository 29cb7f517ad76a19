package cmdlets

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var certificateCmdlets = map[string]cmdlet{
	"Get-CsCertificate": {run: getCertificate, honours: "Type"},
}

// getCertificate shows the external Access Edge certificate of the machine on which
// it runs. The farm has no other certificates.
func getCertificate(_ context.Context, r *run) error {
	if types := r.Texts("Type"); len(types) > 0 {
		asked := func(t string) bool { return strings.EqualFold(t, "AccessEdgeExternal") }
		if i := slices.IndexFunc(types, func(t string) bool { return !asked(t) }); i >= 0 {
			return unsupported("Get-CsCertificate -Type " + types[i])
		}
	}
	c, err := r.Farm.AccessEdgeCertificate(r.Machine)
	if err != nil {
		return err
	}
	return r.EmitWhole(certificateObject(c))
}

// certificateObject leaves out issuer and serial number, because the farm does not know
// them: the real certificate is made by the Edge's listener.
func certificateObject(c farm.Certificate) *value.Object {
	return value.NewObject("Microsoft.Rtc.Management.Deployment.CertificateReference").
		Set("NotAfter", moment(c.NotAfter)).
		Set("NotBefore", moment(c.NotBefore)).
		Set("Subject", "CN="+c.Subject).
		Set("AlternativeNames", c.Names).
		Set("Thumbprint", c.Thumbprint).
		Set("Use", c.Use)
}
