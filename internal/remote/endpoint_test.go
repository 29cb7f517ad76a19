package remote_test

import (
	"testing"

	"github.com/fedroute/fedroute/internal/remote"
)

func TestAMessageNamesTheMachineFirst(t *testing.T) {
	for name, c := range map[string]struct {
		reason   string
		endpoint remote.Endpoint
		want     string
	}{
		"by its name":     {"nothing is said twice", remote.Endpoint{URL: "https://fe1.contoso.com:5986/wsman"}, "fe1.contoso.com:5986"},
		"by an address":   {"nobody knows machines by their addresses", remote.Endpoint{URL: "https://10.0.0.7:5986/wsman", Machine: "edge1.contoso.com"}, "edge1.contoso.com (10.0.0.7:5986)"},
		"certificate":     {"the name in the certificate is a name too", remote.Endpoint{URL: "https://10.0.0.7:5986/wsman", ServerName: "fe2.contoso.com"}, "fe2.contoso.com (10.0.0.7:5986)"},
		"both":            {"the topology's name is the one that people know", remote.Endpoint{URL: "https://10.0.0.7:5986/wsman", Machine: "edge1.contoso.com", ServerName: "dmz7"}, "edge1.contoso.com (10.0.0.7:5986)"},
		"the same":        {"case makes no other name", remote.Endpoint{URL: "https://Edge1.contoso.com:5986/wsman", Machine: "edge1.contoso.com"}, "Edge1.contoso.com:5986"},
		"not a URL":       {"a broken URL is not repeated, it may hold a password", remote.Endpoint{URL: "https://u:secret@ /%zz"}, "the endpoint"},
		"no URL, a name":  {"the machine is known all the same", remote.Endpoint{URL: "https://%zz", Machine: "edge1.contoso.com"}, "edge1.contoso.com (the endpoint)"},
		"with a password": {"a secret in a URL stays there", remote.Endpoint{URL: "https://u:secret@fe1.contoso.com/wsman"}, "fe1.contoso.com"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.endpoint.Name(); got != c.want {
				t.Errorf("%s: %q, want %q", c.reason, got, c.want)
			}
		})
	}
}
