package sim

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// script runs a script on a machine and returns its output, line by line.
func script(t *testing.T, o *Organization, machine, text string) (code int, out, errs []string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code, err := o.RunScript(t.Context(), machine, Script{Text: text, Stdout: &stdout, Stderr: &stderr})
	must(t, err)
	return code, lines(stdout.String()), lines(stderr.String())
}

func lines(text string) []string {
	out := []string{}
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimRight(line, "\r\n"))
	}
	return out
}

func TestScriptsMeetTheirMachine(t *testing.T) {
	cases := map[string]struct {
		reason, machine, text string
		want                  []string
	}{
		"name": {"a machine knows its name", "edge1.contoso.com", "$env:COMPUTERNAME", []string{"EDGE1"}},
		"host": {"programs of Windows can be started", "fe1.contoso.com", "hostname", []string{"fe1"}},
		"listeners": {"a script sees the machine's listeners", "edge1.contoso.com",
			"$p = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties(); ($p.GetActiveTcpListeners() | Where-Object { $_.Port -eq 5269 }).Count -eq 1",
			[]string{"True"}},
		"netstat": {"an administrator sees them, too", "edge1.contoso.com",
			"(netstat -an | Select-String -SimpleMatch ':5269').Line.Trim().Split(' ')[0]", []string{"TCP"}},
		"setup": {"the setup program is there and runs", "edge1.contoso.com",
			`$null = & "$env:ProgramFiles\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe"; $LASTEXITCODE`, []string{"0"}},
		"disk": {"files are kept on the machine", "fe1.contoso.com",
			`[System.IO.File]::WriteAllText('C:\x.txt', 'kept'); [System.IO.File]::ReadAllText('C:\x.txt')`, []string{"kept"}},
		"default machine": {"a script without a machine runs on a management server", "", "$env:COMPUTERNAME", []string{"FE2"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrganization(t, "one-site-two-pools.yaml", nil)
			code, out, errs := script(t, o, tc.machine, tc.text)
			if diff := cmp.Diff(tc.want, out); diff != "" || code != 0 || len(errs) > 0 {
				t.Errorf("%s: exit code %d, errors %q (-want +got):\n%s", tc.reason, code, errs, diff)
			}
		})
	}
}

func TestUnknownMachine(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	if _, err := o.RunScript(t.Context(), "x", Script{}); err == nil {
		t.Error("a script ran on a machine that is not there")
	}
}

func TestFilesAreNotShared(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	_, _, errs := script(t, o, "fe1.contoso.com", `[System.IO.File]::WriteAllText('C:\x.txt', 'mine')`)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if _, out, _ := script(t, o, "fe2.contoso.com", `Test-Path -Path 'C:\x.txt'`); !cmp.Equal(out, []string{"False"}) {
		t.Errorf("another machine sees the file: %v", out)
	}
}

func TestStartingPowerShellTakesItsTime(t *testing.T) {
	clock := farm.NewManualClock(time.Now())
	spec, err := farm.Load(samples + "/one-site-two-pools.yaml")
	must(t, err)
	spec.Durations.PowerShellStart = farm.Duration(time.Second)
	o, err := Start(t.Context(), Config{Spec: spec, Clock: clock})
	must(t, err)
	t.Cleanup(o.Close)
	m, err := o.machine("fe1.contoso.com")
	must(t, err)
	var out bytes.Buffer
	done := make(chan int)
	go func() {
		done <- m.Run(t.Context(), console.Invocation{Script: "param($Name) $Name", Arguments: []string{"-Name", "x"}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out})
	}()
	clock.AwaitSleepers(1)
	clock.Advance(time.Second)
	if code := <-done; code != 0 || strings.TrimSpace(out.String()) != "x" {
		t.Errorf("exit code %d, output %q", code, out.String())
	}
}
