package sim

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
)

func TestGetServiceShowsTheMachine(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	const text = `Stop-CsWindowsService RTCSRV; (Get-Service RTCSRV).Status.ToString(); (Get-Service -DisplayName 'Replica*').Name`
	code, out, errs := script(t, o, "edge1.contoso.com", text)
	if diff := cmp.Diff([]string{"Stopped", "REPLICA"}, out); diff != "" || code != 0 || len(errs) > 0 {
		t.Errorf("Get-Service must show the farm's services: exit code %d, errors %q (-want +got):\n%s", code, errs, diff)
	}
}

// TestGetServiceIsTheMachines checks that Get-Service in a shell shows the simulated
// machine's services, also where PowerShell has no such cmdlet.
func TestGetServiceIsTheMachines(t *testing.T) {
	program, err := standin.Chosen(t.TempDir())
	must(t, err)
	for name, powershell := range map[string]string{"evaluator": "", "program": program} {
		t.Run(name, func(t *testing.T) {
			spec, err := farm.Load(samples + "/one-site-two-pools.yaml")
			must(t, err)
			o, err := Start(t.Context(), Config{Spec: spec, PowerShell: powershell})
			must(t, err)
			t.Cleanup(o.Close)
			var out, errs bytes.Buffer
			code, err := o.RunCommand(t.Context(), "edge1.contoso.com", Script{
				Text:  `powershell.exe -NoProfile -Command "Import-Module Lync; $s = Get-Service -Name RTCSRV; $s.Name + ' ' + $s.Status"`,
				Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
			})
			must(t, err)
			if got := strings.TrimSpace(out.String()); got != "RTCSRV Running" || code != 0 {
				t.Errorf("Get-Service shows %q, exit code %d, errors %s", got, code, &errs)
			}
		})
	}
}
