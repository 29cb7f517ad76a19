package utility_test

import (
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// TestOutputTypes checks that the output of a command has a type that its page lists.
func TestOutputTypes(t *testing.T) {
	scripts := map[string]string{
		"ConvertTo-Json": `ConvertTo-Json 1`, "ConvertTo-Csv": `'a' | ConvertTo-Csv`, "ConvertFrom-StringData": `ConvertFrom-StringData 'a=1'`,
		"Get-Date": `Get-Date`, "Get-Random": `Get-Random`, "New-TimeSpan": `New-TimeSpan`, "New-Guid": `New-Guid`, "Measure-Command": `Measure-Command { }`,
		"Measure-Object": `1 | Measure-Object`, "Group-Object": `1 | Group-Object`, "Get-Member": `1 | Get-Member | Select-Object -First 1`,
		"Select-String": `'a' | Select-String a`, "Get-Variable": `Get-Variable PWD`, "Get-Alias": `Get-Alias gci`, "Get-Culture": `Get-Culture`,
		"Get-Host": `Get-Host`, "Out-String": `1 | Out-String`, "Test-Path": `Test-Path C:\`, "Join-Path": `Join-Path a b`, "Split-Path": `Split-Path C:\a\b`,
		"Get-Location": `Get-Location`, "Resolve-Path": `Resolve-Path C:\`, "Convert-Path": `Convert-Path C:\`, "Get-Command": `Get-Command Get-Date`,
		"Get-Module": `Get-Module Microsoft.PowerShell.Utility`, "Get-Content": `Set-Content C:\a b; Get-Content C:\a`,
	}
	for name, script := range scripts {
		for label, e := range editions {
			lines, errs := run(t, powershell.Options{Edition: e}, `$types = (Get-Command `+name+`).OutputType.Name; `+
				`$is = @(`+script+`)[0].PSObject.TypeNames; "$types|$is"`)
			if len(lines) != 1 || len(errs) > 0 {
				t.Errorf("%s: %s in %s: %q %q", name, script, label, lines, errs)
				continue
			}
			listed, is, _ := strings.Cut(lines[0], "|")
			if !anyOf(strings.Fields(is), strings.Fields(listed)) {
				t.Errorf("%s in %s puts out %s, its page lists %s", script, label, is, listed)
			}
		}
	}
}

func anyOf(have, wanted []string) bool {
	for _, h := range have {
		for _, w := range wanted {
			if h == w {
				return true
			}
		}
	}
	return false
}
