//go:build interop

package psrp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/test/support/lyncsim"
	"github.com/fedroute/fedroute/test/support/program"
)

// realClient makes calls with PowerShell's own client. It has no WSMan on Linux, so it
// talks to a program that is called ssh, which takes its messages to lyncsim as they are.
func realClient(t *testing.T, path string, o *lyncsim.Organization, user, configuration string, calls []ask) session {
	t.Helper()
	at, err := url.Parse(o.Machine(t, fe1).URL)
	if err != nil {
		t.Fatal(err)
	}
	where, err := json.Marshal(map[string]string{
		"server": at.Hostname(), "port": at.Port(), "ca": o.File("ca.crt"), "user": `CONTOSO\` + user, "password": "p", "configuration": configuration,
	})
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	text, err := json.Marshal(calls)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "calls.json")
	ssh := fmt.Sprintf("#!/bin/sh\nexec '%s' '%s'\n", python(t), filepath.Join(here, "ssh.py"))
	if err := errors.Join(os.WriteFile(file, text, 0o600), os.WriteFile(filepath.Join(folder, "ssh"), []byte(ssh), 0o755)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := exec.CommandContext(ctx, path, "-NoProfile", "-NonInteractive", "-File", "attack.ps1", file)
	client.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "LYNCSIM="+string(where), "POWERSHELL_TELEMETRY_OPTOUT=1", "NO_COLOR=1")
	var said bytes.Buffer
	client.Stderr = &said
	out, err := client.Output()
	if err != nil {
		t.Fatalf("%v: %s%.2000s", err, said.String(), out)
	}
	var got session
	for _, line := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		var one told
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatalf("%v: %.300s", err, line)
		}
		got.Answers = append(got.Answers, one)
	}
	return got
}

// TestRealClient lets PowerShell's own client drive lyncsim's PowerShell Remoting.
func TestRealClient(t *testing.T) {
	path := os.Getenv("FEDROUTE_POWERSHELL")
	if path == "" {
		t.Log("NOT JUDGED by the real engine: FEDROUTE_POWERSHELL names no PowerShell")
		return
	}
	program.Alone(t, "powershell")
	o := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: kitFarm(t)})
	t.Run("calls", func(t *testing.T) {
		t.Attr("case", "PowerShell's own client against lyncsim: values, streams, errors, a stop and the next call")
		t.Attr("with", "PowerShell pypi:pypsrp")
		none := []string{}
		done := func(output ...string) told {
			return told{Output: append(none, output...), Errors: none, Warnings: none, Verbose: none, Information: none, State: "completed"}
		}
		with := func(answer told, change func(*told)) told {
			change(&answer)
			return answer
		}
		calls := []ask{
			{Script: "$x = 'kept'; 1 + 1"}, {Script: "$x"}, {Command: "Write-Output", Parameters: map[string]any{"InputObject": "$x ü€😀_x0041_<&>"}},
			{Script: "Write-Warning w; Write-Verbose v -Verbose; Write-Host h; 'out'"},
			{Script: "Write-Error -Message soft -ErrorId Demo.Soft; 'after'"}, {Script: "throw 'hard'"}, {Script: "if ("}, {Command: "Get-Nothing"},
			{Script: "'started'; Start-Sleep -Seconds 600", Stop: true}, {Script: "'on'"},
		}
		want := []told{
			done("2"), done("kept"), done("$x ü€😀_x0041_<&>"),
			with(done("out"), func(a *told) {
				a.Warnings, a.Verbose, a.Information = []string{"w"}, []string{"v"}, []string{"h"}
			}),
			with(done("after"), func(a *told) { a.Errors = []string{"Demo.Soft"} }),
			with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"hard"} }),
			with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"IfStatementMissingCondition"} }),
			with(done(), func(a *told) { a.State, a.Errors = "failed", []string{"CommandNotFoundException"} }),
			with(done("started"), func(a *told) { a.State = "stopped" }), done("on"),
		}
		if diff := cmp.Diff(want, realClient(t, path, o, "lyncadmin", "Microsoft.PowerShell", calls).Answers); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("harm", func(t *testing.T) {
		t.Attr("case", "PowerShell's own client against lyncsim: a hostile operator gets the functions of the endpoint kit and nothing else")
		t.Attr("with", "PowerShell pypi:pypsrp")
		attackKit(t, o, "operator", func(calls []ask) session { return realClient(t, path, o, "operator", kit.ConfigurationName, calls) })
	})
	o.Quiet(t)
}
