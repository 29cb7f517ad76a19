package utility_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// stillClock is a clock that only Sleep moves.
type stillClock struct{ now time.Time }

func (c *stillClock) Now() time.Time { return c.now }

func (c *stillClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

func TestTime(t *testing.T) {
	clock := &stillClock{now: time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)}
	script := `(Get-Date).ToUniversalTime().ToString('o'); Get-Date -Format 'yyyy-MM-dd'; Get-Date '2026-01-02' -Format s
Start-Sleep -Milliseconds 1500; Start-Sleep 1; (Get-Date).ToString('HH:mm:ss.f'); (Measure-Command { Start-Sleep 3 }).TotalSeconds`
	out, errs := run(t, powershell.Options{Clock: clock}, script)
	want := []string{"2026-03-01T22:00:00.0000000Z", "2026-03-01", "2026-01-02T00:00:00", "22:00:02.5", "3"}
	if diff := cmp.Diff(want, out); diff != "" || len(errs) > 0 {
		t.Errorf("cmdlets must live by the runspace's clock (-want +got):\n%s%q", diff, errs)
	}
}

func TestVariableCmdlets(t *testing.T) {
	const tail = ",Microsoft.PowerShell.Commands."
	check(t, map[string]oneLiner{
		"get":        {reason: "the value, or the variable", script: `$abc = 1; Get-Variable abc -ValueOnly; (Get-Variable ab*).Name; (gv abc).Value`, want: []string{"1", "abc", "1"}},
		"missing":    {reason: "its own error id", script: `Get-Variable none; Remove-Variable none`, errors: []string{"VariableNotFound" + tail + "GetVariableCommand", "VariableNotFound" + tail + "RemoveVariableCommand"}},
		"set":        {reason: "in this scope, or the global one", script: `function f { Set-Variable -Name a -Value 1; Set-Variable b 2 -Scope Global; $a }; f; "$a$b"; 1..2 | Set-Variable c; "$c"`, want: []string{"1", "2", "1 2"}},
		"new":        {reason: "twice is an error", script: `New-Variable x 1; New-Variable x 2; $x; New-Variable x 3 -Force; $x`, want: []string{"1", "3"}, errors: []string{"VariableAlreadyExists" + tail + "NewVariableCommand"}},
		"remove":     {reason: "gone", script: `$x = 1; Remove-Variable x; $null -eq $x`, want: []string{"True"}},
		"clear":      {reason: "emptied", script: `$x = 1; Clear-Variable x; Test-Path variable:x; $null -eq $x`, want: []string{"True", "True"}},
		"other ways": {reason: "no options", script: `Set-Variable x 1 -Option ReadOnly`, errors: []string{"not supported by the simulator: Set-Variable -Option, line 1"}},
	})
}

func TestSession(t *testing.T) {
	check(t, map[string]oneLiner{
		"host":        {reason: "the console host", script: `(Get-Host).Name; "$(Get-Culture)"; "$(Get-ExecutionPolicy)"`, want: []string{"ConsoleHost", "en-US", "RemoteSigned"}},
		"expression":  {reason: "runs where it is called", script: `$x = 1; iex '$x = 2; "in $x"'; $x`, want: []string{"in 2", "2"}},
		"typedata":    {reason: "can be removed once", script: `(Get-TypeData System.Array).TypeName; Remove-TypeData System.Array; $null -eq (Get-TypeData System.Array); Remove-TypeData System.Array -ErrorAction SilentlyContinue; $?`, want: []string{"System.Array", "True", "False"}},
		"guid":        {reason: "a new one each time", script: `(New-Guid) -eq (New-Guid); (New-Guid).GetType().Name`, want: []string{"False", "Guid"}},
		"refused":     {reason: "known, not simulated", script: `Get-Process -Name x`, errors: []string{"not supported by the simulator: Get-Process, line 1"}},
		"uncatchable": {reason: "a refusal ends the script", script: "try {\nGet-Random -SetSeed 5 } catch { 'caught' }; 'on'", errors: []string{"not supported by the simulator: Get-Random -SetSeed, line 2"}},
		"in a pipe":   {reason: "also with input", script: `1 | Out-GridView`, errors: []string{"not supported by the simulator: Out-GridView, line 1"}},
		"found":       {reason: "Get-Command knows them all", script: `(Get-Command ConvertTo-Json).ModuleName; (Get-Command Join-Path).Parameters.ContainsKey('ChildPath'); (Get-Command select).CommandType`, want: []string{"Microsoft.PowerShell.Utility", "True", "Alias"}},
	})
}

func TestCSVAndViews(t *testing.T) {
	const two = `$r = [pscustomobject]@{ Name = 'a'; Text = 'say "hi"' }, [pscustomobject]@{ Name = 'b'; Text = $null }; `
	check(t, map[string]oneLiner{
		"to csv":       {reason: "quoted fields of the first object's properties", script: two + `$r | ConvertTo-Csv -NoTypeInformation`, want: []string{`"Name","Text"`, `"a","say ""hi"""`, `"b",`}},
		"type line":    {reason: "5.1 names the type", script: two + `($r | ConvertTo-Csv)[0]`, want: []string{"#TYPE System.Management.Automation.PSCustomObject"}},
		"from csv":     {reason: "texts by column", script: `'Name;N', 'a;1', 'b' | ConvertFrom-Csv -Delimiter ';'`, want: []string{"@{Name=a; N=1}", "@{Name=b; N=}"}},
		"header":       {reason: "names from outside", script: `('1,"2,3"' | ConvertFrom-Csv -Header x, y).y`, want: []string{"2,3"}},
		"table":        {reason: "columns under names", script: two + `$r | Format-Table Name, @{ n = 'Size'; e = { "$($_.Text)".Length } } | Out-String -Stream | Where-Object { $_ }`, want: []string{"Name Size", "---- ----", "a       8", "b       0"}},
		"list":         {reason: "a line per property", script: two + `$r[0] | Format-List | Out-String -Stream | Where-Object { $_ }`, want: []string{"Name : a", `Text : say "hi"`}},
		"without head": {reason: "-HideTableHeaders", script: two + `$r | Format-Table Name -HideTableHeaders | Where-Object { $_ }`, want: []string{"a", "b"}},
	})
}
