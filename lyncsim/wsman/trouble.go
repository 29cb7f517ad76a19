package wsman

// Misbehave adds a rule. Earlier rules take precedence.
func (s *Server) Misbehave(r Rule) { s.rules.add(r) }

// Behave ends all misbehaviour: it drops the rules, accepts logons and lets traffic
// flow. A stopped server stays stopped.
func (s *Server) Behave() {
	s.rules.clear()
	s.refusing.Store(false)
	s.Thaw()
}

// RefuseLogons answers 401 to every request until Behave, logged on or not.
func (s *Server) RefuseLogons() { s.refusing.Store(true) }

// Freeze behaves like a network that loses all packets until Thaw or Behave: open
// connections carry nothing, and new ones get no answer.
func (s *Server) Freeze() { s.gate.set(true) }

// Thaw lets traffic flow again. What was held back is delivered.
func (s *Server) Thaw() { s.gate.set(false) }

// DropConnections cuts all connections and returns their number. Shells and
// processes live on.
func (s *Server) DropConnections() int {
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	if l == nil {
		return 0
	}
	return l.drop()
}

// DeleteShells ends all shells with their processes and returns their number.
func (s *Server) DeleteShells() int { return s.shells.clear() }

// KillProcesses ends all processes with an exit code and returns their number. Their
// shells live on, as after a crash of the program.
func (s *Server) KillProcesses(exitCode int) int {
	n := 0
	for _, c := range s.shells.running() {
		c.finish(exitCode)
		n++
	}
	return n
}
