package winrm

import (
	"testing"

	"github.com/fedroute/fedroute/internal/remote"
)

func TestDefaultPorts(t *testing.T) {
	cases := map[string]struct{ reason, url, want string }{
		"bare":          {"WinRM's own service", "https://fe01.contoso.com", "https://fe01.contoso.com:5986/wsman"},
		"http":          {"its other listener", "http://fe01.contoso.com/wsman", "http://fe01.contoso.com:5985/wsman"},
		"prefix":        {"an administrator may give it another path", "https://fe01.contoso.com/remote", "https://fe01.contoso.com:5986/remote"},
		"OcsPowershell": {"a web service, whose path is written in any case", "https://pool1.contoso.com/ocspowershell", "https://pool1.contoso.com:443/ocspowershell"},
		"own port":      {"what is written counts", "https://pool1.contoso.com:8443/OcsPowershell", "https://pool1.contoso.com:8443/OcsPowershell"},
	}
	for name, c := range cases {
		u, err := parse(remote.Endpoint{URL: c.url}, remote.NTLM)
		if err != nil || u.String() != c.want {
			t.Errorf("%s: %s: %v, %v", name, c.reason, u, err)
		}
	}
}
