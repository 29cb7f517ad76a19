//go:build interop

// Package psrp_test lets pypsrp drive lyncsim, and psrpcore as a server answer the
// PowerShell Remoting client.
package psrp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/lyncsim"
)

const root = "../../.."

// python is the interpreter with the packages of requirements.txt, which make interop
// installs.
func python(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(cluster.Bin(root), "python/bin/python"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// endpointFarm is the part of a farm file that installs the configuration Demo on a Front
// End server.
func endpointFarm(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(root + "/test/data/endpoint")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(`
accounts:
- {name: 'CONTOSO\lyncadmin', password: p, groups: [Domain Admins, RTCUniversalServerAdmins]}
- {name: 'CONTOSO\demo$', password: p, groups: [RTCUniversalServerAdmins]}
- {name: 'CONTOSO\operator', password: p, groups: [Operators]}
- {name: 'CONTOSO\nobody', password: p}
- {name: Administrator, password: p, machines: [edge1.contoso.com], groups: [Administrators]}
sessionConfigurations:
- {machine: fe1.contoso.com, folder: %q}
`, folder)
}

// patience is how long all calls of a session may take: nothing that is sent may hang.
const patience = 2 * time.Minute

// ask is one call, as drive.py reads it.
type ask struct {
	Script     string         `json:"script,omitempty"` // "" with Command "": an empty script
	Command    string         `json:"command,omitempty"`
	Parameters map[string]any `json:"parameters,omitempty"`
	Pipe       []ask          `json:"pipe,omitempty"`
	Input      []string       `json:"input,omitempty"`
	Stop       bool           `json:"stop,omitempty"`
	Disconnect bool           `json:"disconnect,omitempty"`
}

// told is how a call ended.
type told struct {
	Output, Errors, Warnings, Verbose, Information []string
	State                                          string
}

// session is what drive.py prints.
type session struct {
	Answers  []told
	Protocol string
	Fault    uint32
}

func pypsrp(t *testing.T, o *lyncsim.Organization, user, configuration string, calls []ask) session {
	t.Helper()
	return pypsrpAt(t, o, o.Machine(t, "fe1.contoso.com").URL, user, configuration, calls)
}

// pypsrpAt drives one session at a URL; over http pypsrp seals its messages.
func pypsrpAt(t *testing.T, o *lyncsim.Organization, server, user, configuration string, calls []ask) session {
	t.Helper()
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]any{
		"server": at.Hostname(), "port": at.Port(), "tls": at.Scheme == "https", "ca": o.File("ca.crt"), "user": `CONTOSO\` + user, "password": "p", "auth": "ntlm",
		"configuration": configuration, "calls": calls,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, python(t), "drive.py")
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		text := ""
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			text = string(exit.Stderr)
		}
		t.Fatalf("drive.py: %v\n%s", err, text)
	}
	var got session
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return got
}

func TestPypsrp(t *testing.T) {
	o := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: endpointFarm(t)})
	none := []string{}
	done := func(output ...string) told {
		return told{Output: append(none, output...), Errors: none, Warnings: none, Verbose: none, Information: none, State: "completed"}
	}
	with := func(answer told, change func(*told)) told {
		change(&answer)
		return answer
	}
	long := strings.Repeat("ü€😀_x0041_<&>", 20_000)
	for _, tc := range []struct {
		name, user, configuration string
		calls                     []ask
		want                      session
	}{
		{"opens a pool at protocol 2.3 and keeps variables between warm calls", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Script: "$x = 'kept'; 1 + 1"}, {Script: "$x"}, {Command: "Write-Output", Parameters: map[string]any{"InputObject": "$x"}}},
			session{Answers: []told{done("2"), done("kept"), done("$x")}, Protocol: "2.3"}},
		{"reads every stream", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Script: "Write-Warning w; Write-Verbose v -Verbose; Write-Host h; 'out'"}},
			session{Answers: []told{with(done("out"), func(a *told) {
				a.Warnings, a.Verbose, a.Information = []string{"w"}, []string{"v"}, []string{"h"}
			})}, Protocol: "2.3"}},
		{"tells errors that end a call from those that do not", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Script: "Write-Error -Message soft -ErrorId Demo.Soft; 'after'"}, {Script: "throw 'hard'"}, {Script: "if ("}},
			session{Answers: []told{
				with(done("after"), func(a *told) { a.Errors = []string{"Demo.Soft"} }),
				with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"hard"} }),
				with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"IfStatementMissingCondition"} }),
			}, Protocol: "2.3"}},
		{"sends and receives texts of many fragments with any character", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Command: "Write-Output", Parameters: map[string]any{"InputObject": long}}},
			session{Answers: []told{done(long)}, Protocol: "2.3"}},
		{"pipes objects into a script", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Script: "process { \"<$_>\" }", Input: []string{"a", "b"}}},
			session{Answers: []told{done("<a>", "<b>")}, Protocol: "2.3"}},
		{"stops a command, and goes on", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Script: "'started'; Start-Sleep -Seconds 600", Stop: true}, {Script: "'on'"}},
			session{Answers: []told{with(done("started"), func(a *told) { a.State = "stopped" }), done("on")}, Protocol: "2.3"}},
		{"disconnects and connects again", "lyncadmin", "Microsoft.PowerShell",
			[]ask{{Script: "$x = 'kept'"}, {Disconnect: true}, {Script: "$x"}},
			session{Answers: []told{done(), done("kept")}, Protocol: "2.3"}},
		{"gets the visible functions of a restricted session, and no language", "operator", "Demo",
			[]ask{
				{Command: "Get-Values", Parameters: map[string]any{"Name": "ab", "More": []string{"x"}}}, {Command: "Get-SiteNames"},
				{Command: "Get-CsSite"}, {Script: "Get-SiteNames"}, {Command: "Get-Values", Parameters: map[string]any{"Name": "AB"}},
			},
			session{Answers: []told{
				done("value ab [x] [] [FE1] contoso.com private 2"), done("Site:Redmond"),
				with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"CommandNotFoundException"} }),
				with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"ScriptsNotAllowed"} }),
				with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"ParameterArgumentValidationError,Get-Values"} }),
			}, Protocol: "2.3"}},
		{"is denied a restricted session without a role", "nobody", "Demo", nil, session{Fault: 5}},
		{"is denied the default configuration without being an administrator", "operator", "Microsoft.PowerShell", nil, session{Fault: 5}},
		{"is told that a configuration is not registered", "lyncadmin", "Missing", nil, session{Fault: 2150858811}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Attr("case", "pypsrp against lyncsim: "+tc.name)
			t.Attr("with", "pypi:pypsrp")
			if diff := cmp.Diff(tc.want, pypsrp(t, o, tc.user, tc.configuration, tc.calls)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("over http", func(t *testing.T) {
		t.Attr("case", "pypsrp against lyncsim: seals what it sends over http on port 5985, and opens what it gets")
		t.Attr("with", "pypi:pypsrp")
		got := pypsrpAt(t, o, o.Machine(t, "fe1.contoso.com").HTTPURL, "operator", "Demo", []ask{{Command: "Get-SiteNames"}})
		if diff := cmp.Diff(session{Answers: []told{done("Site:Redmond")}, Protocol: "2.3"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	o.Quiet(t)
}
