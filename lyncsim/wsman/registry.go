package wsman

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// registry holds the machine's shells and enforces quotas and idle timeouts.
type registry struct {
	clock  Clock
	quotas Quotas

	mu      sync.Mutex
	shells  map[string]*shell
	serving map[string]int // requests being served, by user
}

func newRegistry(clock Clock, quotas Quotas) *registry {
	return &registry{clock: clock, quotas: quotas, shells: map[string]*shell{}, serving: map[string]int{}}
}

// open keeps a new shell.
func (r *registry) open(made shell) (*shell, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &made
	s.life, s.end = context.WithCancel(context.Background())
	s.created, s.commands = r.clock.Now(), map[string]*command{}
	var refused error
	switch {
	case r.shellsOf(s.owner) >= r.quotas.MaxShellsPerUser:
		refused = newFault(tooManyShells, strconv.Itoa(r.quotas.MaxShellsPerUser))
	case r.shells[s.id] != nil:
		refused = newFault(schemaViolation, "ShellId "+s.id)
	}
	if refused != nil {
		s.close()
		return nil, refused
	}
	r.shells[s.id] = s
	s.stopLife = r.clock.AfterFunc(s.settings.lifetime, func() { r.remove(s.id) })
	r.watchIdle(s)
	return s, nil
}

// watchIdle restarts the idle timer. The caller holds the lock.
func (r *registry) watchIdle(s *shell) {
	if s.stopIdle != nil {
		s.stopIdle()
	}
	s.stopIdle = r.clock.AfterFunc(s.settings.idleTimeOut, func() { r.reap(s) })
}

// reap removes a shell that nobody has used for its idle timeout.
func (r *registry) reap(s *shell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.pending == 0 {
		r.drop(s.id)
	}
}

// use finds a shell for a request and keeps it alive until release is called.
func (r *registry) use(id string, who Account) (s *shell, release func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s = r.shells[strings.ToUpper(id)]
	if s == nil {
		return nil, nil, newFault(unknownShell, id)
	}
	if !strings.EqualFold(s.owner.String(), who.String()) {
		return nil, nil, newFault(accessDenied, "")
	}
	s.pending++
	s.stopIdle()
	return s, func() { r.release(s) }, nil
}

func (r *registry) release(s *shell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.pending--
	if s.pending == 0 && r.shells[s.id] == s {
		r.watchIdle(s)
	}
}

// remove ends a shell; false when there is none by that id.
func (r *registry) remove(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.drop(id)
}

// drop is remove for callers that hold the lock.
func (r *registry) drop(id string) bool {
	s := r.shells[strings.ToUpper(id)]
	if s == nil {
		return false
	}
	delete(r.shells, s.id)
	s.close()
	return true
}

// clear ends all shells and returns their number.
func (r *registry) clear() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.shells)
	for id := range r.shells {
		r.drop(id)
	}
	return n
}

// start adds a command to a shell unless a quota forbids it.
func (r *registry) start(s *shell, run func() *command) (*command, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shells[s.id] != s {
		return nil, newFault(unknownShell, s.id)
	}
	if s.runningCommands() >= r.quotas.MaxProcessesPerShell {
		return nil, newFault(tooManyCommands, strconv.Itoa(r.quotas.MaxProcessesPerShell))
	}
	c := run()
	s.commands[c.id] = c
	s.started++
	return c, nil
}

// command finds a command of a shell.
func (r *registry) command(s *shell, id string) (*command, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := s.commands[strings.ToUpper(strings.TrimSpace(id))]
	if c == nil {
		return nil, newFault(unknownCommand, id)
	}
	return c, nil
}

// enter counts a request against its user's operations quota until leave.
func (r *registry) enter(who Account) (leave func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := strings.ToLower(who.String())
	held := r.serving[name]
	for _, s := range r.shells {
		if strings.EqualFold(s.owner.String(), who.String()) {
			held += s.started
			if s.remote != nil {
				held += s.remote.operations()
			}
		}
	}
	if held >= r.quotas.MaxConcurrentOperationsPerUser {
		return nil, newFault(tooManyOperations, strconv.Itoa(r.quotas.MaxConcurrentOperationsPerUser))
	}
	r.serving[name]++
	return func() { r.leave(name) }, nil
}

func (r *registry) leave(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.serving[name]--; r.serving[name] <= 0 {
		delete(r.serving, name)
	}
}

func (r *registry) shellsOf(owner Account) int {
	n := 0
	for _, s := range r.shells {
		if strings.EqualFold(s.owner.String(), owner.String()) {
			n++
		}
	}
	return n
}

// list gives the shells, oldest first.
func (r *registry) list() []*shell {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.SortedFunc(maps.Values(r.shells), func(a, b *shell) int { return a.created.Compare(b.created) })
}

// running gives all living processes.
func (r *registry) running() []*command {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*command
	for _, s := range r.shells {
		for _, c := range s.commands {
			if c.running() {
				all = append(all, c)
			}
		}
	}
	return all
}
