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

// Disk is the disk of this computer as cmdlets of a machine see it: files that a
// real PowerShell wrote are there. It implements dotnet.Files.
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

// local is a path as PowerShell's own provider takes it: elsewhere than on
// Windows a backslash stands for a slash.
func local(path string) string {
	if runtime.GOOS == "windows" {
		return path
	}
	return strings.ReplaceAll(path, `\`, "/")
}
