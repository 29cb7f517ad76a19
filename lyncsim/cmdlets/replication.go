package cmdlets

import (
	"context"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var replicationCmdlets = map[string]cmdlet{
	"Get-CsManagementStoreReplicationStatus": {run: getReplicationStatus, needs: domain,
		honours: "ReplicaFqdn CentralManagementStoreStatus"},
	"Invoke-CsManagementStoreReplication": {run: invokeReplication, needs: store, honours: "ReplicaFqdn"},
}

// getReplicationStatus answers -CentralManagementStoreStatus even while the store is
// down; the names in the answer are then empty [doc].
func getReplicationStatus(_ context.Context, r *run) error {
	if r.On("CentralManagementStoreStatus") {
		return r.EmitWhole(storeStatusObject(r.Farm.CMSStatus()))
	}
	replicas, err := r.Farm.ReplicationStatus()
	if err != nil {
		return err
	}
	wanted := r.Text("ReplicaFqdn")
	found := false
	for _, replica := range replicas {
		if wanted != "" && !strings.EqualFold(replica.ReplicaFQDN, wanted) {
			continue
		}
		found = true
		if err := r.EmitWhole(replicaObject(replica, r.Farm.Spec().Behaviour)); err != nil {
			return err
		}
	}
	if wanted != "" && !found {
		return notFound("replica", wanted)
	}
	return nil
}

func replicaObject(s farm.ReplicaState, b farm.Behaviour) *value.Object {
	var version any
	if s.ProductVersion != "" {
		version = s.ProductVersion
	}
	when := moment
	if b.ReplicationTimesHaveNoKind {
		when = withoutKind
	}
	return value.NewObject("Microsoft.Rtc.Management.Xds.ReplicaState").
		Set("UpToDate", s.UpToDate).
		Set("ReplicaFqdn", s.ReplicaFQDN).
		Set("LastStatusReport", when(s.LastStatus)).
		Set("LastUpdateCreation", when(s.LastUpdate)).
		Set("ProductVersion", version)
}

// storeStatusObject has the two names that the failover procedure reads [doc]
// and the heartbeat; the rest of the class is unknown.
func storeStatusObject(s farm.CMSStatus) *value.Object {
	var master any
	if s.ActiveMaster != "" {
		master = s.ActiveMaster
	}
	return value.NewObject("Microsoft.Rtc.Management.Xds.CentralManagementStoreStatusResult").
		Set("ActiveMasterFqdn", master).
		Set("ActiveMasterLastHeartbeat", moment(s.LastMasterHeartbeat)).
		Set("ActiveFileTransferAgents", s.FileTransferAgents)
}

func invokeReplication(_ context.Context, r *run) error {
	return r.Farm.ForceReplication(r.by(), r.Text("ReplicaFqdn"))
}

// withoutKind is moment without the kind of the time.
func withoutKind(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	d := value.NewDateTime(t)
	d.Kind = value.Unspecified
	return d
}

// moment converts a time to a value; the zero time becomes $null.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
