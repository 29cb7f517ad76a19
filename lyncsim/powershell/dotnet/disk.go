package dotnet

import (
	"io/fs"
	"sort"
	"strings"
	"sync"
)

// MemoryDisk is a machine's disk in memory. It is safe for concurrent use.
type MemoryDisk struct {
	mu    sync.Mutex
	files map[string][]byte
	names map[string]string
}

// NewMemoryDisk makes an empty disk.
func NewMemoryDisk() *MemoryDisk {
	return &MemoryDisk{files: make(map[string][]byte), names: make(map[string]string)}
}

func diskKey(path string) string {
	key := strings.ToLower(strings.ReplaceAll(path, "/", `\`))
	if !strings.HasPrefix(key, `\\`) && !strings.Contains(key, ":") {
		key = `c:\windows\system32\` + strings.TrimPrefix(strings.TrimPrefix(key, `.\`), `\`)
	}
	return strings.TrimSuffix(key, `\`)
}

// ReadFile implements Files.
func (d *MemoryDisk) ReadFile(path string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	data, ok := d.files[diskKey(path)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return append([]byte(nil), data...), nil
}

// WriteFile implements Files.
func (d *MemoryDisk) WriteFile(path string, data []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[diskKey(path)] = append([]byte(nil), data...)
	d.names[diskKey(path)] = path
	return nil
}

// Exists implements Files.
func (d *MemoryDisk) Exists(path string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := diskKey(path)
	if _, ok := d.files[key]; ok {
		return true
	}
	for name := range d.files {
		if strings.HasPrefix(name, key+`\`) {
			return true
		}
	}
	return false
}

// Remove implements Files.
func (d *MemoryDisk) Remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := diskKey(path)
	if _, ok := d.files[key]; !ok {
		return &fs.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	delete(d.files, key)
	delete(d.names, key)
	return nil
}

// Paths lists the paths of all files, sorted. Get-ChildItem lists folders with it.
func (d *MemoryDisk) Paths() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	paths := make([]string, 0, len(d.names))
	for _, name := range d.names {
		paths = append(paths, name)
	}
	sort.Strings(paths)
	return paths
}
