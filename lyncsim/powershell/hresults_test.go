package powershell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// TestHResults checks the number by which a script tells exceptions apart in every language.
// The real engine gave these.
func TestHResults(t *testing.T) {
	cases := map[string]struct{ reason, script, want string }{
		"own":       {"a class has a number of its own", `([UnauthorizedAccessException]::new('x')).HResult`, "-2147024891"},
		"inherited": {"or that of its base", `([UriFormatException]::new('x')).HResult`, "-2146233033"},
		"engine":    {"those of the engine are system exceptions", `try { Get-Nothing } catch { $_.Exception.HResult }`, "-2146233087"},
		"base":      {"the base of all has one, too", `([Exception]::new('x')).HResult`, "-2146233088"},
		"inside":    {"an exception inside keeps its own", `try { [int]::Parse('x') } catch { $_.Exception.HResult; $_.Exception.InnerException.HResult }`, "-2146233087 -2146233033"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, on(powershell.Options{}, c.script)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
