package dns

// Laggard is an authoritative server that does not serve a wanted set.
type Laggard struct {
	Server string // host:port; "" when the key was not looked up at all
	Want   RRSet
	Found  RRSet
	Err    error // not nil: the server could not be asked, so its records are unknown
}

// Published reports whether the primary and every other authoritative server that
// could be asked serve every wanted set. It lists the servers that do not, and those
// that could not be asked. Partners may ask any of a zone's servers, so federation
// moves only when all of them agree.
func Published(found map[Key]Lookup, want []RRSet) (bool, []Laggard) {
	published := true
	var laggards []Laggard
	for _, set := range want {
		l := found[set.Key]
		if len(l.Servers) == 0 {
			published = false
			laggards = append(laggards, Laggard{Want: set})
			continue
		}
		for i, view := range l.Servers {
			if view.Err == nil && view.Set.Same(set) {
				continue
			}
			laggards = append(laggards, Laggard{Server: view.Server, Want: set, Found: view.Set, Err: view.Err})
			isPrimary := i == 0
			if view.Err == nil || isPrimary {
				published = false
			}
		}
	}
	return published, laggards
}
