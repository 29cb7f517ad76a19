package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// Installed corrects the record of the protocols whose federation ports setup installed on
// a machine last. A machine that listens on every port that its pool's flags ask for
// contradicts a record that lacks one: somebody else ran setup. Silence contradicts
// nothing, because nobody knows whether a pool listens before a site's route names it.
func Installed(pool lync.EdgePool, s lync.EdgeServer, state lync.Part[lync.EdgeServerState], record []lync.Protocol) []lync.Protocol {
	out := slices.Clone(record)
	for _, p := range protocolsOf(pool, nil) {
		if !state.Known() || !state.Value.Listens(p.Port(), s.InterfaceAddresses) {
			return record
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// installed is Installed of what was observed. known is false for a machine of which
// nothing was noted.
func (o Observed) installed(pool lync.EdgePool, s lync.EdgeServer) (installed []lync.Protocol, known bool) {
	record, known := o.Setups[lync.HostOf(s.FQDN)]
	if !known {
		return nil, false
	}
	return Installed(pool, s, o.server(s), record), true
}
