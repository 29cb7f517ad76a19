package cmdlets

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var storeCmdlets = map[string]cmdlet{
	"Get-CsManagementConnection":       {run: getManagementConnection, needs: domain},
	"Get-CsConfigurationStoreLocation": {run: getStoreLocation, needs: domain},
	"Export-CsConfiguration":           {run: exportConfiguration, needs: store, honours: "FileName AsBytes LocalStore"},
	"Import-CsConfiguration":           {run: importConfiguration, honours: "FileName ByteInput LocalStore"},
}

// storeInstance is the name of the Central Management Store's SQL Server instance.
// The farm keeps the store on the pool that holds the CMS.
const storeInstance = "rtc"

func getManagementConnection(_ context.Context, r *run) error {
	server := r.Farm.Truth().CMSPool
	return r.EmitWhole(value.NewObject("Microsoft.Rtc.Management.Xds.ManagementConnection").
		Set("StoreProvider", "Sql").
		Set("Connection", `Data Source=`+server+`\`+storeInstance+`;Initial Catalog=xds;Integrated Security=True`).
		Set("ReadOnly", false).
		Set("SqlServer", server).
		Set("SqlInstance", storeInstance))
}

func getStoreLocation(_ context.Context, r *run) error {
	return r.EmitWhole(r.Farm.Truth().CMSPool + `\` + storeInstance)
}

// exportConfiguration writes the content of the store (or of the local replica). The
// real file is an archive whose layout is not published. This file is the
// simulator's own, and only its Import-CsConfiguration reads it.
func exportConfiguration(_ context.Context, r *run) error {
	content, err := export(r.config)
	if err != nil {
		return err
	}
	if r.On("AsBytes") {
		return r.EmitWhole(content)
	}
	return r.writeFile(r.Text("FileName"), content)
}

// importConfiguration puts an export into the local replica. That is the documented
// way to bring a topology to an Edge server that does not replicate. Importing into
// the store itself is not simulated.
func importConfiguration(_ context.Context, r *run) error {
	if !r.On("LocalStore") {
		return unsupported("Import-CsConfiguration without -LocalStore")
	}
	content, ok := r.Value("ByteInput").([]byte)
	if !ok {
		var err error
		if content, err = r.readFile(r.Text("FileName")); err != nil {
			return err
		}
	}
	configuration, err := imported(content)
	if err != nil {
		return err
	}
	return r.Farm.ImportLocalStore(r.by(), r.Machine, configuration)
}
