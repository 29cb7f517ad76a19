package rfc2136

import (
	"sync"
	"time"
)

const (
	// trusted is how long a name that was seen to exist counts as existing while it answers
	// with records. A wildcard could answer in its place since. No update is misled by that:
	// its prerequisites fail, and then the name is looked at anew.
	trusted = 10 * time.Minute
	// fresh is how long the zone of a name is known well enough to write there.
	fresh = time.Minute
)

// Standings remember where the names of a zone stand, for the readers and writers that
// share them. With them a name costs one question, and another one now and then. nil
// remembers nothing.
type Standings struct {
	mu    sync.Mutex
	names map[string]stood
}

// stood is how the primary stood to a name: authoritative for the zone, with no cut above
// the name.
type stood struct {
	zone string
	// exists: no wildcard answers in the name's place.
	exists bool
	at     time.Time
}

// NewStandings gives Standings of no name.
func NewStandings() *Standings { return &Standings{names: map[string]stood{}} }

// note remembers a standing, and forgets the name where the standing is no plain one. A
// name that answers with nothing may be one that a wildcard would answer for.
func (s *Standings) note(name string, st standing, exists bool, now func() time.Time) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.zone == "" || st.cut != "" || st.lame != "" || st.covered {
		delete(s.names, name)
		return
	}
	s.names[name] = stood{st.zone, exists, now()}
}

// within gives the standing of a name that was noted at most so long ago.
func (s *Standings) within(name string, age time.Duration, now func() time.Time) (st standing, exists, ok bool) {
	if s == nil {
		return standing{}, false, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.names[name]
	if !ok || now().Sub(known.at) > age {
		return standing{}, false, false
	}
	return standing{zone: known.zone}, known.exists, true
}

// forget drops names, after a server has contradicted what was read of them.
func (s *Standings) forget(names []string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		delete(s.names, name)
	}
}
