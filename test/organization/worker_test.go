package organization_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// TestWorker runs the product's own worker script, for which most of these cmdlets were
// written. Each request must get one reply line.
func TestWorker(t *testing.T) {
	worker, err := os.ReadFile("../../internal/winrm/worker.ps1")
	if err != nil {
		t.Fatal(err)
	}
	type request struct {
		ID        int            `json:"id"`
		Hash      string         `json:"hash"`
		Script    string         `json:"script,omitempty"`
		Arguments map[string]any `json:"arguments"`
	}
	const echo = `[CmdletBinding()] param([string[]]$Names, [bool]$On) [pscustomobject]@{ Names = @($Names | Sort-Object); On = $On; None = @() }`
	const fail = `[CmdletBinding()] param() $ErrorActionPreference = 'Stop'
Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -TargetObject 'it' -Message "it's <busy>"`
	input := []string{"TAG"}
	for _, r := range []request{
		{1, "a", echo, map[string]any{"Names": []string{"b", "a"}, "On": true}},
		{2, "a", "", map[string]any{"Names": []string{"x"}}},
		{3, "b", fail, nil},
		{4, "c", `Write-Host 'noise'; break`, nil},
		{5, "d", `Get-CsNothing`, nil},
	} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		input = append(input, "TAG"+base64.StdEncoding.EncodeToString(text))
	}
	out, errs := evaluate(strings.Join(input, "\r\n")+"\r\n", string(worker))
	if errs != "" {
		t.Fatalf("the worker must not fail: %q", errs)
	}
	want := []string{
		`{"version":"5.1.17763.5830","mode":"FullLanguage","ready":true,"host":"SERVER"}`,
		`{"cached":true,"id":1,"result":[{"Names":["a","b"],"On":true,"None":[]}]}`,
		`{"cached":true,"id":2,"result":[{"Names":["x"],"On":false,"None":[]}]}`,
		`{"cached":true,"id":3,"error":{"causes":[{"type":"Microsoft.PowerShell.Commands.WriteErrorException","hresult":-2146233087,"number":0}],"id":"fedroute.Busy","category":"ResourceBusy","message":"it\u0027s \u003cbusy\u003e","target":"it"}}`,
		`{"cached":true,"id":4,"error":{"causes":[{"type":"System.Management.Automation.RuntimeException","hresult":-2146233087,"number":0}],"id":"The script ended by break or continue outside a loop.","category":"OperationStopped","message":"The script ended by break or continue outside a loop.","target":"The script ended by break or continue outside a loop."}}`,
		`{"cached":true,"id":5,"error":{"causes":[{"type":"System.Management.Automation.CommandNotFoundException","hresult":-2146233087,"number":0}],"id":"CommandNotFoundException","category":"ObjectNotFound","message":"The term 'Get-CsNothing' is not recognized","target":"Get-CsNothing"}}`,
	}
	if diff := cmp.Diff(parsed(t, want), parsed(t, frames(out))); diff != "" {
		t.Errorf("replies (-want +got):\n%s", diff)
	}
}

// evaluate runs a script in the evaluator and returns its output and its errors.
func evaluate(stdin, script string) (out, errs string) {
	var stdout, stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr, Loaded: utility.Modules(),
	})
	defer rs.Close()
	rs.Run(context.Background(), script)
	return stdout.String(), stderr.String()
}

// frames returns the tagged lines without their wrapping.
func frames(out string) []string {
	var list []string
	for line := range strings.Lines(out) {
		if coded, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "TAG"); ok {
			text, _ := base64.StdEncoding.DecodeString(coded)
			list = append(list, string(text))
		}
	}
	return list
}

// parsed makes frames comparable. Keys have no order, long messages are cut, and lines with
// the worker's own text are left out.
func parsed(t *testing.T, list []string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, text := range list {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if e, ok := m["error"].(map[string]any); ok {
			message, _, _ := strings.Cut(e["message"].(string), " as the name")
			e["message"] = message
			delete(e, "line")
		}
		all = append(all, m)
	}
	return all
}
