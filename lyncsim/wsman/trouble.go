package wsman

// Misbehave adds a rule. Earlier rules come first.
func (s *Server) Misbehave(r Rule) { s.rules.add(r) }

// Behave ends all trouble: rules are dropped, logons accepted, traffic flows.
// What was stopped stays stopped.
func (s *Server) Behave() {
	s.rules.clear()
	s.refusing.Store(false)
	s.Thaw()
}

// RefuseLogons answers 401 to everybody until Behave, logged on or not.
func (s *Server) RefuseLogons() { s.refusing.Store(true) }

// Freeze is the network that swallows packets: connections stay and carry
// nothing, new ones are never answered, until Thaw or Behave.
func (s *Server) Freeze() { s.gate.set(true) }

// Thaw lets traffic flow again; what was held back is delivered.
func (s *Server) Thaw() { s.gate.set(false) }

// DropConnections cuts all connections and tells how many there were. Shells
// and processes live on.
func (s *Server) DropConnections() int {
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	if l == nil {
		return 0
	}
	return l.drop()
}

// DeleteShells ends all shells with their processes and tells how many.
func (s *Server) DeleteShells() int { return s.shells.clear() }

// KillProcesses ends all processes with an exit code and tells how many. Their
// shells live on, as after a crash of the program.
func (s *Server) KillProcesses(exitCode int) int {
	n := 0
	for _, c := range s.shells.running() {
		c.finish(exitCode)
		n++
	}
	return n
}
