package pwsh

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// maxFile bounds a file that a cmdlet reads.
const maxFile = 64 << 20

// Disk gives the cmdlets of a machine the disk of this computer, where a real
// PowerShell writes its files. It implements dotnet.Files.
type Disk struct{}

// ReadFile implements dotnet.Files.
func (Disk) ReadFile(path string) ([]byte, error) {
	f, err := os.Open(local(path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	return data, err
}

// WriteFile implements dotnet.Files.
func (Disk) WriteFile(path string, data []byte) error { return os.WriteFile(local(path), data, 0o600) }

// Exists implements dotnet.Files.
func (Disk) Exists(path string) bool {
	_, err := os.Stat(local(path))
	return err == nil
}

// Remove implements dotnet.Files.
func (Disk) Remove(path string) error { return os.Remove(local(path)) }

// local converts a path as PowerShell's own provider does: on other systems than
// Windows, a backslash becomes a slash.
func local(path string) string {
	if runtime.GOOS == "windows" {
		return path
	}
	return strings.ReplaceAll(path, `\`, "/")
}
