package cmdlets

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var domainCmdlets = map[string]cmdlet{
	"Get-CsSipDomain":     {run: getSipDomain, needs: store, honours: "Identity Filter"},
	"Get-CsAllowedDomain": {run: getAllowedDomain, needs: store, honours: "Identity Filter LocalStore"},
	"Get-CsUserPoolInfo":  {run: getUserPoolInfo, needs: store, honours: "Identity LocalStore"},
}

func itself(name string) string { return name }

func getSipDomain(_ context.Context, r *run) error {
	doc := r.config.Published
	found, err := pick(r, "SIP domain", doc.Domains, itself)
	if err != nil {
		return err
	}
	return emitAll(r, found, func(name string) any {
		return value.NewObject("Microsoft.Rtc.Management.Xds.SipDomain").
			Set("Identity", name).Set("Name", name).Set("IsDefault", strings.EqualFold(name, doc.DefaultDomain))
	})
}

// getAllowedDomain emits nothing, because simulated organizations federate openly,
// by partner discovery.
func getAllowedDomain(_ context.Context, r *run) error {
	_, err := pick(r, "allowed domain", []string(nil), itself)
	return err
}

// getUserPoolInfo finds no user, because a simulated organization has a number of
// users but no names.
func getUserPoolInfo(_ context.Context, r *run) error { return notFound("user", r.Text("Identity")) }
