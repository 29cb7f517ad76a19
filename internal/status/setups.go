package status

import (
	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// setups keeps the records of what setup installed, corrected by what the machines show.
// Where nothing was noted yet, a machine that listens on every port that its pool's flags
// ask for shows what is installed. A machine that is not in the topology any more loses its
// record.
func (f TopologyFacts) setups(t lync.Topology) map[string]v1alpha1.SetupRecord {
	var out map[string]v1alpha1.SetupRecord
	for _, pool := range t.EdgePools {
		for _, s := range pool.Servers {
			name := lync.HostOf(s.FQDN)
			record, noted := f.Previous.Setups[string(name)]
			if part, read := f.Snapshot.EdgeServers[name]; read {
				record.Ports = SetupRecordOf(plan.Installed(pool, s, part, lync.ProtocolsOf(record.Ports))).Ports
			}
			if !noted && len(record.Ports) == 0 {
				continue
			}
			if out == nil {
				out = map[string]v1alpha1.SetupRecord{}
			}
			out[string(name)] = record
		}
	}
	return out
}

// SetupRecordOf puts what setup installed on a machine into the words of the API.
func SetupRecordOf(installed []lync.Protocol) v1alpha1.SetupRecord {
	out := v1alpha1.SetupRecord{Ports: []int32{}}
	for _, p := range installed {
		out.Ports = append(out.Ports, int32(p.Port()))
	}
	return out
}
