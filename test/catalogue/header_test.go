package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
)

// windowsServers are the versions that have the DnsServer module with these
// cmdlets, which came with Windows Server 2012.
var windowsServers = []string{"Windows Server 2012", "Windows Server 2012 R2", "Windows Server 2016", "Windows Server 2019", "Windows Server 2022", "Windows Server 2025"}

// each runs a check on every script of the catalogue.
func each(t *testing.T, check func(t *testing.T, c shell.Command)) {
	t.Helper()
	commands := shell.Commands()
	if len(commands) == 0 {
		t.Fatal("the catalogue is empty")
	}
	for _, c := range commands {
		t.Run(c.Name, func(t *testing.T) { check(t, c) })
	}
}

func TestHeaders(t *testing.T) {
	each(t, func(t *testing.T, c shell.Command) {
		if !strings.HasPrefix(c.Text, "# "+c.Name+": "+c.What+"\n") {
			t.Error("the first line must be the name and what it is for")
		}
		for key, value := range map[string]string{"Reads": c.Reads, "Changes": c.Changes, "Runs on": c.RunsOn, "Source": c.Source} {
			if value == "" {
				t.Errorf("the header does not say %q", key)
			}
		}
		if reads := strings.HasPrefix(c.Name, "Read-"); reads == c.Writes() {
			t.Error("scripts that change nothing, and only those, are called Read-")
		}
		if len(c.Versions) == 0 {
			t.Error("the header names no version")
		}
		for _, v := range c.Versions {
			if known := slices.Contains(windowsServers, v); known != onDNSServer(c) || !known && !slices.Contains(reference.Versions(), reference.Version(v)) {
				t.Errorf("%q is no version of the reference", v)
			}
		}
		for _, optional := range c.Optional {
			cmdlet, _, _ := strings.Cut(optional, " ")
			if !strings.Contains(c.Text, "Get-Command -Name "+cmdlet) {
				t.Errorf("%s is optional and Get-Command is not asked for it", cmdlet)
			}
		}
	})
}

// TestModuleBlock checks that the lines that find the module are the same in all scripts,
// so that a reader needs to understand them only once.
func TestModuleBlock(t *testing.T) {
	const begin, end = "$ErrorActionPreference = 'Stop'\n", "    Import-Module -Name $module.Name\n}\n"
	want := ""
	each(t, func(t *testing.T, c shell.Command) {
		if onDNSServer(c) {
			return // the DnsServer module has only one name
		}
		_, rest, found := strings.Cut(c.Text, "\n\n"+begin)
		block, _, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatal("the script does not begin by finding its module")
		}
		if want == "" {
			want = block
		}
		if diff := cmp.Diff(want, block); diff != "" {
			t.Errorf("(-first +this):\n%s", diff)
		}
	})
}

func TestPlainText(t *testing.T) {
	each(t, func(t *testing.T, c shell.Command) {
		for i, r := range c.Text {
			// Windows PowerShell reads a file without a byte order mark in the
			// machine's code page; people run these files too.
			if r > 126 || r < 32 && r != '\n' {
				t.Errorf("character %q at byte %d", r, i)
			}
		}
		if !strings.HasSuffix(c.Text, "\n") || strings.Contains(c.Text, " \n") {
			t.Error("the last line must end and no line may end in a blank")
		}
	})
}
