package reference_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
)

func lync(t *testing.T) *reference.Catalogue {
	t.Helper()
	c, err := reference.Lync()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParameter(t *testing.T) {
	all := []string{"Lync Server 2010", "Lync Server 2013", "Skype for Business Server 2015", "Skype for Business Server 2019"}
	cases := map[string]struct {
		reason, cmdlet, parameter string
		want                      reference.Parameter
	}{
		"positional": {
			reason: "the reference says position 2 although it is the first",
			cmdlet: "get-cssite", parameter: "identity",
			want: reference.Parameter{Name: "Identity", Type: "XdsGlobalRelativeIdentity", Applicable: all,
				Membership: []reference.Membership{{Set: "Identity", Position: 0}}, Aliases: []string{}},
		},
		"single set": {
			reason: "the only set of a cmdlet has no name",
			cmdlet: "Set-CsSite", parameter: "FederationRoute",
			want: reference.Parameter{Name: "FederationRoute", Type: "String", Applicable: all,
				Membership: []reference.Membership{{Position: -1}}, Aliases: []string{}},
		},
		"pipeline": {
			reason: "instances are piped into Set cmdlets",
			cmdlet: "Set-CsRegistrarConfiguration", parameter: "Instance",
			want: reference.Parameter{Name: "Instance", Type: "PSObject", Applicable: all, FromPipeline: true,
				Membership: []reference.Membership{{Set: "Instance", Position: -1}}, Aliases: []string{}},
		},
		"alias": {
			reason: "common aliases come from the reference",
			cmdlet: "Set-CsSite", parameter: "wi",
			want: reference.Parameter{Name: "WhatIf", Type: "SwitchParameter", Applicable: all,
				Membership: []reference.Membership{{Position: -1}}, Aliases: []string{"wi"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cmdlet, ok := lync(t).Cmdlet(tc.cmdlet)
			if !ok {
				t.Fatalf("%s: no cmdlet %s", tc.reason, tc.cmdlet)
			}
			got, ok := cmdlet.Parameter(tc.parameter)
			if !ok {
				t.Fatalf("%s: no parameter %s", tc.reason, tc.parameter)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSecondPositionalParameterFollowsTheFirst(t *testing.T) {
	c, _ := lync(t).Cmdlet("Test-CsFederatedPartner")
	for name, want := range map[string]int{"TargetFqdn": 0, "Domain": 1} {
		p, _ := c.Parameter(name)
		if m, _ := p.In(""); m.Position != want {
			t.Errorf("%s: position %d, want %d", name, m.Position, want)
		}
	}
}

func TestIn(t *testing.T) {
	cases := map[string]struct {
		reason            string
		version           reference.Version
		cmdlet, parameter string
		want              bool
	}{
		"route of 2010": {"2010 had a gateway role of its own", reference.Lync2010, "Set-CsSite", "XmppFederationRoute", false},
		"route of 2013": {"built in since 2013", reference.Lync2013, "Set-CsSite", "XmppFederationRoute", true},
		"failover 2010": {"paired pools came with 2013", reference.Lync2010, "Invoke-CsPoolFailOver", "PoolFqdn", false},
		"patch 2013":    {"patch versions came with 2015", reference.Lync2013, "Get-CsServerPatchVersion", "", false},
		"patch SE":      {"SE has what 2019 has", reference.SfBSE, "Get-CsServerPatchVersion", "", true},
		"state 2010":    {"PoolState came with 2013", reference.Lync2010, "Set-CsRegistrarConfiguration", "PoolState", false},
		"online only":   {"no server version has it", reference.SfB2019, "Get-CsExternalAccessPolicy", "Tenant", false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cmdlet, got := lync(t).In(tc.version).Cmdlet(tc.cmdlet)
			if got && tc.parameter != "" {
				_, got = cmdlet.Parameter(tc.parameter)
			}
			if got != tc.want {
				t.Errorf("%s: %s -%s in %s: %v, want %v", tc.reason, tc.cmdlet, tc.parameter, tc.version, got, tc.want)
			}
		})
	}
}

func TestInDropsTheSetOfAnAbsentRole(t *testing.T) {
	cmdlet, _ := lync(t).In(reference.SfB2019).Cmdlet("Get-CsService")
	for _, set := range cmdlet.Sets {
		if set == "LegalInterceptServer" || set == "ProvisionServer" {
			t.Errorf("set %s is still there", set)
		}
	}
	pool, _ := cmdlet.Parameter("PoolFqdn")
	if _, ok := pool.In("ProvisionServer"); ok {
		t.Error("PoolFqdn is still in the set ProvisionServer")
	}
	if _, ok := pool.In("EdgeServer"); !ok {
		t.Error("PoolFqdn is not in the set EdgeServer")
	}
}

func TestCatalogues(t *testing.T) {
	dns, err := reference.DNSServer()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{"Lync": len(lync(t).Cmdlets()), "DnsServer": len(dns.Cmdlets())}
	if diff := cmp.Diff(map[string]int{"Lync": 80, "DnsServer": 7}, got); diff != "" {
		t.Errorf("cmdlets per catalogue (-want +got):\n%s", diff)
	}
	for _, c := range lync(t).Cmdlets() {
		for _, p := range c.Parameters {
			if len(p.Membership) == 0 {
				t.Errorf("%s -%s is in no parameter set", c.Name, p.Name)
			}
		}
	}
}
