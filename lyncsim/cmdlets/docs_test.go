package cmdlets

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
)

var update = flag.Bool("update", false, "write lyncsim/docs/cmdlets.md anew")

const page = "../docs/cmdlets.md"

const head = `# Cmdlets of the simulated organization

Made from the cmdlet reference and the simulator's tables by
` + "`go test ./lyncsim/cmdlets -run TestPage -update`" + `; a test keeps it true.

The module is called Lync up to Lync Server 2013 and SkypeForBusiness after it. Every cmdlet below binds
its parameters as the reference says for the farm's product version: a parameter or a cmdlet that the
version does not have does not exist. The reference lists no Subscription Edition; it has what 2019 has.
Set-CsSite has XmppFederationRoute or XmppExternalFederationRoute, as the farm says.

A cmdlet that is "not simulated" ends the script with "not supported by the simulator: <cmdlet>"; so does a
parameter that is not listed under "honours". Besides those listed, all cmdlets honour the common parameters, -WhatIf, -Confirm, -Force, -Report (an HTML file) and accept
-GlobalCatalog and -GlobalSettingsDomainController.

Errors are non-terminating. The real modules' error ids are not published; these are invented:
ItemNotFound, ItemAlreadyExists, InvalidArgument, AccessDenied, CannotConnect, OperationInProgress,
ProcessingFailed, NotSupported, FileNotFound. Invoke-CsPoolFailOver,
Invoke-CsPoolFailBack, Invoke-CsManagementServerFailover and Disable-CsComputer have a high confirm
impact (inferred): without -Confirm:$false a non-interactive shell gets an error.

On an Edge server, a workgroup machine, only what needs no Central Management Store works: services,
setup, -LocalStore, version, certificate. A local account of a domain machine reaches no store either.

The module DnsServer (Get-DnsServerZone, Get-, Add-, Set- and Remove-DnsServerResourceRecord,
Add-DnsServerResourceRecordA and -AAAA) works on the simulated zones. Records of type A, AAAA, CNAME and SRV
can be written. Its error ids carry the DNS server's error numbers ("WIN32 9711,Add-DnsServerResourceRecordA",
inferred). Only Set- compares before it writes; Remove- asks unless -Force is given (documented).

| cmdlet | 2010 | 2013 | 2015 | 2019, SE | honours | where the behaviour comes from |
|---|---|---|---|---|---|---|
`

// TestPage compares lyncsim/docs/cmdlets.md with the tables in the source.
func TestPage(t *testing.T) {
	want := head + rows(t)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("lyncsim/docs/cmdlets.md is not what the tables say; run with -update (-want +got):\n%s", diff)
	}
}

func rows(t *testing.T) string {
	t.Helper()
	all, err := reference.Lync()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range all.Cmdlets() {
		fmt.Fprintf(&b, "| %s |", c.Name)
		for _, v := range []reference.Version{reference.Lync2010, reference.Lync2013, reference.SfB2015, reference.SfB2019} {
			fmt.Fprintf(&b, " %s |", presence(all.In(v), c))
		}
		behaviour, simulated := behaviours[c.Name]
		honours := "not simulated"
		if simulated {
			honours = behaviour.honours
		}
		fmt.Fprintf(&b, " %s | %s |\n", honours, origins[c.Name])
	}
	return b.String()
}

// presence is yes, no, or the parts of the cmdlet that the version lacks.
func presence(in *reference.Catalogue, whole reference.Cmdlet) string {
	c, ok := in.Cmdlet(whole.Name)
	if !ok {
		return "no"
	}
	if len(c.Parameters) == 0 && len(whole.Parameters) > 0 {
		return "without parameters"
	}
	return "yes"
}

func TestEveryBehaviourHasAnOriginAndAReference(t *testing.T) {
	all, err := reference.Lync()
	if err != nil {
		t.Fatal(err)
	}
	simulated := slices.Sorted(maps.Keys(behaviours))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(origins)), simulated); diff != "" {
		t.Errorf("origins and behaviours differ (-origins +behaviours):\n%s", diff)
	}
	for _, name := range simulated {
		c, ok := all.Cmdlet(name)
		if !ok {
			t.Errorf("%s is not in the reference", name)
		}
		for _, parameter := range strings.Fields(behaviours[name].honours) {
			if _, ok := c.Parameter(parameter); !ok && parameter != "XmppExternalFederationRoute" {
				t.Errorf("%s honours -%s, which the reference does not have", name, parameter)
			}
		}
	}
}
