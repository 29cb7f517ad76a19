package kit_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/outofprocess"
	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/test/support/program"
)

// engine is the environment variable that names a real PowerShell.
const engine = "FEDROUTE_POWERSHELL"

// realPowerShell is the program that judges what is said, empty where there is none. No
// other test runs one meanwhile: the named mutexes of all processes of a computer are one
// another's.
func realPowerShell(t *testing.T, judging string) string {
	t.Helper()
	path := os.Getenv(engine)
	if path == "" {
		t.Logf("NOT JUDGED by the real engine: %s names no PowerShell", engine)
		return ""
	}
	t.Attr("case", "The endpoint kit in a real engine: "+judging)
	t.Attr("with", "PowerShell")
	path, err := filepath.EvalSymlinks(path)
	must(t, err)
	program.Alone(t, "powershell")
	return path
}

// launcher is a program that starts PowerShell as a server with a session configuration
// when its last argument, the script, is empty. The kit's folder is the first where modules
// are looked for.
const launcher = `#!/bin/sh
for script; do :; done
[ -z "$script" ] || exec '%[3]s' "$@"
PSModulePath='%[1]s':"$PSModulePath":'%[2]s'
POWERSHELL_TELEMETRY_OPTOUT=1
LC_ALL=C.UTF-8
export PSModulePath POWERSHELL_TELEMETRY_OPTOUT LC_ALL
exec '%[3]s' -s -NoLogo -NoProfile -ConfigurationFile '%[1]s/local.pssc'
`

// identityKeys are lines of a session configuration that PowerShell refuses in a file on
// the command line and on Linux: roles, identities and the execution policy.
var identityKeys = regexp.MustCompile(`(?ms)^\s*(?:RoleDefinitions\s*=\s*@\{.*?^    \}|(?:RunAsVirtualAccount|GroupManagedServiceAccount|ExecutionPolicy)\s*=[^\n]*)\n`)

// local is the machine's session configuration without these keys. The functions of both
// roles are visible.
func local(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "FedRoute.pssc"))
	must(t, err)
	visible := regexp.MustCompile(`VisibleFunctions = @\(([^)]*)\)`)
	var names []string
	roles, err := filepath.Glob(filepath.Join(root, "FedRoute", "RoleCapabilities", "*.psrc"))
	must(t, err)
	for _, role := range roles {
		capability, err := os.ReadFile(role)
		must(t, err)
		if m := visible.FindStringSubmatch(string(capability)); m != nil && m[1] != "" {
			names = append(names, m[1])
		}
	}
	plain := identityKeys.ReplaceAllString(strings.ReplaceAll(string(text), "\r\n", "\n"), "")
	end := strings.LastIndex(plain, "}")
	return plain[:end] + fmt.Sprintf("    ModulesToImport = 'FedRoute'\n    VisibleFunctions = %s\n}\n", strings.Join(names, ", "))
}

// enter installs the machine's kit and opens a session of the real engine in its
// configuration.
func enter(t *testing.T, o *organization, m kit.Machine, path string) *psrp.Session {
	t.Helper()
	return enterWith(t, o, m, path, func(plain psrp.Transport) psrp.Transport { return plain })
}

// enterWith is enter over a transport that was made of the plain one.
func enterWith(t *testing.T, o *organization, m kit.Machine, path string, over func(psrp.Transport) psrp.Transport) *psrp.Session {
	t.Helper()
	root := unpack(t, m)
	must(t, os.WriteFile(filepath.Join(root, "local.pssc"), []byte(local(t, root)), 0o644))
	start := filepath.Join(root, "start")
	must(t, os.WriteFile(start, fmt.Appendf(nil, launcher, root, filepath.Join(filepath.Dir(path), "Modules"), path), 0o755))
	host, err := pwsh.Open(pwsh.Config{Program: start, Address: netip.MustParseAddr("127.0.0.1")})
	must(t, err)

	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	var said bytes.Buffer
	ended := make(chan struct{})
	life, kill := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		host.Run(life, o.seat(t, m.FQDN), console.Invocation{Stdin: in, Stdout: out, Stderr: &said})
		out.Close()
	}()
	t.Cleanup(func() {
		toServer.Close()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
		}
		kill()
		<-ended
		host.Close()
		if t.Failed() && said.Len() > 0 {
			t.Logf("the server said: %s", said.String())
		}
	})
	s, err := psrp.Open(t.Context(), psrp.Target{Host: m.FQDN, Transport: over(outofprocess.New(fromServer, toServer)), Room: outofprocess.Room}, psrp.Options{})
	must(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = s.Close(ctx)
	})
	return s
}
