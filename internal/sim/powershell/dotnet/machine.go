package dotnet

import (
	"context"
	"io/fs"
	"net/netip"
	"sort"
	"strings"
	"sync"
	"time"
)

// RealClock is the time of the machine that the simulator runs on.
type RealClock struct{}

// Now implements Clock.
func (RealClock) Now() time.Time { return time.Now() }

// Sleep implements Clock.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// loneMachine is a machine of a runspace that belongs to no organization.
type loneMachine struct {
	name, fqdn string
	mutexes    Mutexes
}

// NewLoneMachine makes a machine that listens on nothing.
func NewLoneMachine(name, fqdn string) Machine { return &loneMachine{name: name, fqdn: fqdn} }

func (m *loneMachine) Name() string                { return m.name }
func (m *loneMachine) FQDN() string                { return m.fqdn }
func (m *loneMachine) Listeners() []netip.AddrPort { return nil }
func (m *loneMachine) Mutexes() *Mutexes           { return &m.mutexes }

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

// Paths lists the files by name, for tests and the admin's view.
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

// Mutexes are the named mutexes of one machine. A mutex belongs to a process
// and can be taken by it again and again; what it holds at its end is
// abandoned. The zero value is ready to use.
type Mutexes struct {
	mu   sync.Mutex
	held map[string]*heldMutex
}

type heldMutex struct {
	owner    any
	depth    int
	released chan struct{}
}

// Acquire takes a mutex, waiting until ctx ends or the time is over (negative:
// no limit). It is false when the time was over.
func (m *Mutexes) Acquire(ctx context.Context, name string, owner any, wait time.Duration) (bool, error) {
	var timeout <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		timeout = timer.C
	}
	for {
		busy := m.try(name, owner)
		if busy == nil {
			return true, nil
		}
		if wait == 0 {
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-timeout:
			return false, nil
		case <-busy:
		}
	}
}

// try takes the mutex, or gives what closes when it is released.
func (m *Mutexes) try(name string, owner any) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil {
		m.held = make(map[string]*heldMutex)
	}
	h, ok := m.held[name]
	switch {
	case !ok:
		m.held[name] = &heldMutex{owner: owner, depth: 1, released: make(chan struct{})}
		return nil
	case h.owner == owner:
		h.depth++
		return nil
	}
	return h.released
}

// Release gives a mutex back; false when the owner does not hold it.
func (m *Mutexes) Release(name string, owner any) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	h, ok := m.held[name]
	if !ok || h.owner != owner {
		return false
	}
	h.depth--
	if h.depth == 0 {
		delete(m.held, name)
		close(h.released)
	}
	return true
}

// Exists tells whether somebody holds the mutex.
func (m *Mutexes) Exists(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.held[name]
	return ok
}

// Abandon gives back all that an owner holds: its process has ended.
func (m *Mutexes) Abandon(owner any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, h := range m.held {
		if h.owner == owner {
			delete(m.held, name)
			close(h.released)
		}
	}
}
