package cmdlets

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var versionCmdlets = map[string]cmdlet{
	"Get-CsServerVersion":      {run: getServerVersion},
	"Get-CsServerPatchVersion": {run: getPatchVersion},
}

// getServerVersion shows the base build only [doc], in the form that public tools
// show [field]. A machine with only the management shell needs no license key [doc].
func getServerVersion(_ context.Context, r *run) error {
	product := r.Farm.Product()
	license := "Volume license key installed."
	if m, err := r.Farm.Machine(r.Machine); err != nil || m.Role == farm.RoleManagement {
		license = "No license key required."
	}
	return r.EmitWhole(fmt.Sprintf("%s (%s): %s", product.Printed, product.Version, license))
}

// getPatchVersion lists components. The farm has no cumulative updates, so all have
// the version of the base build. "<product>, Core Components" is [field].
func getPatchVersion(_ context.Context, r *run) error {
	product := r.Farm.Product()
	components := []string{"Core Components", "Server"}
	for _, component := range components {
		err := r.EmitWhole(value.NewObject().
			Set("ComponentName", fmt.Sprintf("%s, %s", product.Name, component)).
			Set("Version", product.Version))
		if err != nil {
			return err
		}
	}
	return nil
}
