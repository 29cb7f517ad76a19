package shell_test

import (
	"slices"
	"strings"
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
		if slices.Contains(c.Cmdlets, "") || slices.Contains(c.Optional, "") || slices.Contains(c.Versions, "") || len(c.Versions) == 0 {
			t.Errorf("%s lists a cmdlet or version without a name: %q, %q, %q", c.Name, c.Cmdlets, c.Optional, c.Versions)
		}
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

// TestMarkdown: the page has a row and a section of each script, and a line of what its header says.
func TestMarkdown(t *testing.T) {
	page := shell.Markdown([]shell.Command{{Name: "Read-It", What: "reads it", Cmdlets: []string{"Get-It", "Get-That"}, Changes: "nothing", RunsOn: "it"}, {Name: "Bare"}})
	_, page, _ = strings.Cut(page, "| --- | --- | --- |\n")
	want := "| [Read-It](#read-it) | nothing | it |\n| [Bare](#bare) |  |  |\n\n## Read-It\nReads it.\n\n- Changes: nothing\n- Runs on: it\n- Cmdlets: Get-It, Get-That\n\n## Bare\n.\n\n"
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
