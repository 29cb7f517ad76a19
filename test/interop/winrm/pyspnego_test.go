//go:build interop

package winrm_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/lyncsim/wsman"
	"github.com/fedroute/fedroute/test/support/cluster"
)

// python is the Python of the virtual environment that make interop makes.
func python(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(cluster.Bin("../../.."), "python/bin/python"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPyspnegoOpensOurSeals(t *testing.T) {
	cases := map[string]struct {
		reason, binding string
		refused         bool
	}{
		"sealed, over http":                  {"each side opens what the other sealed", "", false},
		"bound to the connection":            {"the sign-in came over the connection it is for", "own", false},
		"bound to another connection, https": {"somebody passes the sign-in on", "wrong", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "NTLM judged by pyspnego, "+name+": "+c.reason)
			t.Attr("with", "pypi:pyspnego")
			who := domainUser()
			accounts := filepath.Join(t.TempDir(), "accounts")
			if err := os.WriteFile(accounts, []byte("CONTOSO:fedroute:"+who.Password+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			g := guardWith(t, c.binding, map[string]string{}, []string{"NTLM_USER_FILE=" + accounts}, python(t), "pyspnego_endpoint.py")
			err := talk(t, g.endpoint, who)
			if v := g.verdict(t); (err != nil) != c.refused || !c.refused && v.User != `CONTOSO\fedroute` || c.refused && (v.Refused == "" || !fault.Is(err, fault.Denied)) {
				t.Errorf("%s: %+v, %v", c.reason, v, err)
			}
		})
	}
}

// pypsrpShell runs a command in a remote shell over http, as users of the library do.
const pypsrpShell = `
import sys
from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan
port, user, password = sys.argv[1:]
connection = WSMan("localhost", port=int(port), ssl=False, username=user, password=password, auth="ntlm", encryption="always")
with connection, WinRS(connection) as shell:
    for line, arguments in [("hostname", []), ("echo", ["%USERNAME%"])]:
        process = Process(shell, line, arguments)
        process.invoke()
        process.signal(SignalCode.CTRL_C)
        print(process.stdout.decode().strip(), process.rc)
`

func TestPypsrpSealsOverHTTP(t *testing.T) {
	t.Attr("case", "pypsrp against the simulated host: a remote shell over http, sealed by NTLM")
	t.Attr("with", "pypi:pypsrp")
	h := newClientHost(t, wsman.PlainHTTP)
	who := domainUser()
	seen := listenBetween(t, h.Address(), nil)
	_, port, _ := net.SplitHostPort(seen.address)
	got := output(t, exec.Command(python(t), "-c", pypsrpShell, port, who.Username, who.Password))
	if diff := cmp.Diff("FE01 0\nfedroute 0\n", got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	readsNothing(t, seen, "hostname", "USERNAME", "FE01", who.Password)
}
