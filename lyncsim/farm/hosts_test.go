package farm

import "testing"

func TestShellMemory(t *testing.T) {
	cases := map[string]struct {
		reason string
		host   HostSpec
		want   int
	}{
		"default":         {"Windows gives a shell a gigabyte", HostSpec{}, 1024},
		"hardened":        {"an administrator may give less", HostSpec{Quotas: QuotasSpec{MaxMemoryPerShellMB: 300}}, 300},
		"missing patch":   {"without the update the quota is not looked at", HostSpec{MissingPatches: []string{"kb2842230"}, Quotas: QuotasSpec{MaxMemoryPerShellMB: 2048}}, 150},
		"less than that":  {"the smaller one counts", HostSpec{MissingPatches: []string{"KB2842230"}, Quotas: QuotasSpec{MaxMemoryPerShellMB: 100}}, 100},
		"another missing": {"other updates have no say", HostSpec{MissingPatches: []string{"KB1"}}, 1024},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.host.ShellMemory(); got != c.want {
				t.Errorf("%s: %d MB, want %d", c.reason, got, c.want)
			}
		})
	}
}

func TestHost(t *testing.T) {
	off := false
	spec := Spec{Hosts: []HostSpec{{Machines: []string{"FE1.contoso.com"}, HTTP: &off}, {CbtHardeningLevel: "Strict"}}}
	if h := spec.Host("fe1.contoso.com"); h.TakesHTTP() || h.CbtHardeningLevel != "" {
		t.Errorf("a machine that is named has its own settings alone: %+v", h)
	}
	if h := spec.Host("fe2.contoso.com"); !h.TakesHTTP() || h.CbtHardeningLevel != "Strict" {
		t.Errorf("other machines have those that name no machine: %+v", h)
	}
	if h := (Spec{}).Host("fe1.contoso.com"); !h.TakesHTTP() {
		t.Errorf("Windows listens on 5985 by itself: %+v", h)
	}
}
