package shell

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/remote"
)

// TestBarriersOfAKit: what an error behind the host means is told by the SIDs of the account
// in whose name the kit's functions run and of the one that signed in.
func TestBarriersOfAKit(t *testing.T) {
	const caller, service, virtual = "S-1-5-21-1-2-3-1105", "S-1-5-21-1-2-3-1106", "S-1-5-94-0-1234"
	login := remote.Cause{Type: "System.Data.SqlClient.SqlException", Number: sqlLoginFailed}
	directory := remote.Cause{Type: "System.DirectoryServices.DirectoryServicesCOMException", HResult: operationsError}
	for _, c := range []struct {
		reason   string
		kit      *remote.Kit
		delegate bool
		cause    remote.Cause
		kind     fault.Kind
		says     string
	}{
		{"a service account goes on, and has no login", &remote.Kit{Account: service, Caller: caller}, false, login, fault.RightsMissing, "RTC groups"},
		{"the configuration was edited and runs as whoever calls it", &remote.Kit{Account: caller, Caller: caller}, false, login, fault.SecondHop, "install the endpoint kit"},
		{"nor does that one get to the domain controller", &remote.Kit{Account: caller, Caller: caller}, false, directory, fault.SecondHop, "install the endpoint kit"},
		{"unless the ticket is handed over", &remote.Kit{Account: caller, Caller: caller}, true, login, fault.RightsMissing, "RTC groups"},
		{"elsewhere a virtual account is the computer", &remote.Kit{Account: virtual, Caller: caller}, false, login, fault.RightsMissing, "group managed service account"},
		{"a kit that does not tell is taken for what it should be", &remote.Kit{}, false, login, fault.RightsMissing, "RTC groups"},
		{"a host without a kit", nil, false, login, fault.RightsMissing, "RTC groups"},
	} {
		s := signInOf(remote.Endpoint{Configuration: "FedRoute", Delegate: c.delegate}, remote.Credentials{Username: `CONTOSO\anna`}, c.kit)
		kind, next := s.barred(&remote.ScriptError{Message: "x", Causes: []remote.Cause{c.cause}})
		if kind != c.kind || !strings.Contains(next, c.says) {
			t.Errorf("%s: %s, %s", c.reason, kind, next)
		}
	}
}
