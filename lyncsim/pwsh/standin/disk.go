package standin

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/pwsh"
)

// disk is this computer's disk, whose root the evaluator writes as C:\.
type disk struct{ under pwsh.Disk }

func rooted(path string) string {
	if rest, ok := strings.CutPrefix(path, `C:\`); ok {
		return "/" + rest
	}
	return path
}

// ReadFile implements dotnet.Files.
func (d disk) ReadFile(path string) ([]byte, error) { return d.under.ReadFile(rooted(path)) }

// WriteFile implements dotnet.Files.
func (d disk) WriteFile(path string, data []byte) error {
	return d.under.WriteFile(rooted(path), data)
}

// Exists implements dotnet.Files.
func (d disk) Exists(path string) bool { return d.under.Exists(rooted(path)) }

// Remove implements dotnet.Files.
func (d disk) Remove(path string) error { return d.under.Remove(rooted(path)) }
