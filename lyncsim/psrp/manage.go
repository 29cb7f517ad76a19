package psrp

import "github.com/fedroute/fedroute/lyncsim/powershell/value"

// manage answers a message about the pool's runspaces (MS-PSRP 3.2.5.4.8 to 3.2.5.4.11).
func (s *Session) manage(m message) error {
	s.mu.Lock()
	r := s.runspaces
	s.mu.Unlock()
	if r == nil {
		return nil
	}
	o, err := m.bag()
	if err == nil {
		err = needed(o, "ci")
	}
	if err != nil {
		return err
	}
	call, _ := o.Get("ci")
	var answer any
	least, most := r.limits()
	switch m.kind {
	case SetMaxRunspaces:
		answer = r.limit(least, number(o, "MaxRunspaces"))
	case SetMinRunspaces:
		answer = r.limit(number(o, "MinRunspaces"), most)
	case ResetRunspaceState:
		answer = r.reset(s.life) == nil
	case GetAvailableRunspaces:
		answer = r.available()
	}
	id, _ := value.ToInt(call)
	return s.send(ID{}, message{kind: RunspaceAvailability, pool: s.pool}, notes("SetMinMaxRunspacesResponse", answer, "ci", id))
}
