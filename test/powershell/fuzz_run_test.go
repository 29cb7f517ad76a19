package powershell_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/pages"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// FuzzRun checks that any text ends as a script does: with output, an error or a refusal.
// It must never end with a panic, and it must end soon after its context.
func FuzzRun(f *testing.F) {
	scripts, _ := filepath.Glob(filepath.Join(folder, "*", "script.ps1"))
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, name := range pages.Names(powershell.Windows51) {
		f.Add("1, 'a', @{ b = 2 } | " + name + " x 2 -Force")
	}
	f.Fuzz(func(t *testing.T, script string) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var stderr bytes.Buffer
		rs := powershell.New(powershell.Options{Stderr: &stderr, Loaded: utility.Modules(), Limits: powershell.Limits{Depth: 50, Output: 1 << 16}})
		defer rs.Close()
		start := time.Now()
		rs.Run(ctx, script)
		if spent := time.Since(start); spent > 5*time.Second {
			t.Errorf("it ran on for %s", spent)
		}
		if strings.Contains(stderr.String(), powershell.Defect) {
			t.Error(stderr.String())
		}
	})
}
