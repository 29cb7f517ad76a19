package farm

import (
	"slices"
	"time"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// ReplicaState is one row of Get-CsManagementStoreReplicationStatus.
type ReplicaState struct {
	ReplicaFQDN string    `json:"replicaFqdn"`
	UpToDate    bool      `json:"upToDate"`
	LastStatus  time.Time `json:"lastStatusReport,omitzero"`
	LastUpdate  time.Time `json:"lastUpdateCreation,omitzero"`
	// ProductVersion is empty until the replica has reported once.
	ProductVersion string `json:"productVersion,omitempty"`
}

// ReplicationStatus lists the replicas of all computers. After a change UpToDate is
// still True for the time ReplicationNotice, because the status does not show the
// change before that. Fault: Unreachable.
func (f *Farm) ReplicationStatus() ([]ReplicaState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.cmsUp(); err != nil {
		return nil, err
	}
	noticed := f.noticed()
	var out []ReplicaState
	for _, k := range f.order {
		m := f.machines[k]
		if m.role == RoleManagement {
			continue
		}
		r := ReplicaState{ReplicaFQDN: m.fqdn, LastUpdate: m.updated, LastStatus: m.status}
		if !m.status.IsZero() {
			r.ProductVersion = f.product.Version
			r.UpToDate = m.local != nil && m.local.Version >= noticed && !m.resetStatus
		}
		out = append(out, r)
	}
	return out, nil
}

// noticed is the newest version that the replication status shows.
func (f *Farm) noticed() int64 {
	limit := f.clock.Now().Add(-f.durations.ReplicationNotice.std())
	var v int64
	for _, s := range slices.Backward(f.history) {
		if !s.at.After(limit) {
			v = s.version
			break
		}
	}
	return v
}

// CMSStatus is Get-CsManagementStoreReplicationStatus
// -CentralManagementStoreStatus.
type CMSStatus struct {
	ActiveMaster        string
	FileTransferAgents  []string
	LastMasterHeartbeat time.Time
}

// CMSStatus names the pool and the machines that hold the CMS. The names are empty
// while the CMS is down.
func (f *Farm) CMSStatus() CMSStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cmsUp() != nil {
		return CMSStatus{}
	}
	s := CMSStatus{ActiveMaster: f.config.CMSPool, LastMasterHeartbeat: f.cmsNow()}
	for _, m := range f.cmsServers() {
		s.FileTransferAgents = append(s.FileTransferAgents, m.fqdn)
	}
	return s
}

// ForceReplication does what Invoke-CsManagementStoreReplication does: it deletes
// the recorded status and sends a full copy, which begins only after a while. An
// empty name means every replica. Faults: Invalid, Unreachable.
func (f *Farm) ForceReplication(a Actor, replica string) error {
	return f.event(func() error {
		object := "Replica:" + replica
		if replica == "" {
			object = "Replica:*"
		}
		if err := f.cmsUp(); err != nil {
			return f.write(a, object, "", "forced", err)
		}
		if replica != "" {
			if _, err := f.machine(replica); err != nil {
				return f.write(a, object, "", "forced", err)
			}
		}
		for k, m := range f.machines {
			if replica == "" || k == key(replica) {
				m.drop()
				m.forced, m.resetStatus = true, true
				m.status, m.updated = time.Time{}, time.Time{}
			}
		}
		return f.write(a, object, "", "forced", nil)
	})
}

// StopReplication stops all replication until StartReplication.
func (f *Farm) StopReplication(a Actor) error { return f.replicationSwitch(a, "stopped") }

// StartReplication lets replication continue.
func (f *Farm) StartReplication(a Actor) error { return f.replicationSwitch(a, "running") }

func (f *Farm) replicationSwitch(a Actor, to string) error {
	return f.event(func() error {
		from := "running"
		if f.replicationStopped {
			from = "stopped"
		}
		f.replicationStopped = to == "stopped"
		return f.write(a, "Replication", from, to, nil)
	})
}

// replicate starts a delivery to every replica that is behind and can be reached. It
// is called after every event. The caller holds f.mu.
func (f *Farm) replicate() {
	for _, k := range f.order {
		m := f.machines[k]
		switch {
		case !f.replicable(m):
			m.drop()
		case m.pending || !m.behind(f.config):
		default:
			f.dispatch(m)
		}
	}
}

func (m *machine) behind(c *Configuration) bool {
	return m.forced || m.local == nil || m.local.Version < c.Version
}

// drop cancels the delivery that is on its way.
func (m *machine) drop() {
	if m.pending {
		m.cancel()
		m.pending = false
	}
}

// replicable reports whether the machine's replica can be updated: the CMS sends the
// update (to Edge servers over port 4443), and the REPLICA service receives it.
func (f *Farm) replicable(m *machine) bool {
	s := m.service(ServiceReplica)
	return !f.replicationStopped && !m.stuck && m.up() && s != nil && s.Status == Running && f.cmsUp() == nil
}

// dispatch delivers an update after the replica's lag, at once when there is none.
func (f *Farm) dispatch(m *machine) {
	lag := f.durations.Replication.std() + m.slow
	if m.forced {
		lag = f.durations.ForcedReplication.std() + m.slow
	}
	if lag <= 0 {
		f.deliver(m)
		return
	}
	m.pending = true
	m.cancel = f.clock.AfterFunc(lag, func() {
		_ = f.event(func() error {
			if m.pending && f.replicable(m) {
				f.deliver(m)
			}
			m.pending = false
			return nil
		})
	})
}

// deliver gives the machine the current configuration. The update is created at this
// moment, so LastUpdateCreation is never before the change that the update carries.
func (f *Farm) deliver(m *machine) {
	m.local = f.config
	m.updated, m.status = f.cmsNow(), f.cmsNow()
	m.forced, m.resetStatus = false, false
}

// MoveCMS moves the Central Management Server to another Front End pool
// (Invoke-CsManagementServerFailover). It works while the old holder is down.
// Faults: Invalid, Refused.
func (f *Farm) MoveCMS(a Actor, pool string) error {
	return f.event(func() error {
		from := f.config.CMSPool
		p, ok := f.config.FrontEndPool(pool)
		if !ok {
			return f.write(a, "CentralManagement", from, pool, notFound("move the CMS to", "Front End pool", pool))
		}
		n := f.config.clone()
		n.CMSPool = p.FQDN
		old := f.config
		f.config = n
		if err := f.cmsUp(); err != nil {
			f.config = old
			return f.write(a, "CentralManagement", from, pool,
				refusal.New(refusal.Refused, "move the CMS to", pool, "no server of that pool answers"))
		}
		f.config = old
		f.adopt(n)
		return f.write(a, "CentralManagement", from, p.FQDN, nil)
	})
}
