package shell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync/shell"
)

func TestCommands(t *testing.T) {
	type line struct {
		Name   string
		Writes bool
	}
	var got []line
	for _, c := range shell.Commands() {
		got = append(got, line{c.Name, c.Writes()})
	}
	want := []line{
		{"Invoke-EdgeSetup", true}, {"Invoke-PoolFailBack", true}, {"Publish-FederationFlags", true},
		{"Read-EdgeCertificate", false}, {"Read-EdgeServer", false}, {"Read-EnablePermission", false}, {"Read-Topology", false}, {"Read-TopologyDocument", false},
		{"Restart-EdgeServices", true}, {"Restore-SimpleUrls", true}, {"Set-DnsRecords", true}, {"Set-EdgeAssociation", true}, {"Set-NextHop", true}, {"Set-SiteRoute", true}, {"Start-EdgeServices", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the catalogue is closed (-want +got):\n%s", diff)
	}
}
