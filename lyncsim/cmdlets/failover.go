package cmdlets

import (
	"context"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

var failoverCmdlets = map[string]cmdlet{
	"Get-CsPoolBackupRelationship":      {run: getBackupRelationship, needs: store, honours: "PoolFqdn LocalStore"},
	"Get-CsBackupServiceStatus":         {run: getBackupServiceStatus, needs: store, honours: "PoolFqdn"},
	"Get-CsPoolFabricState":             {run: getFabricState, needs: store, honours: "PoolFqdn"},
	"Invoke-CsPoolFailOver":             {run: poolFailOver, needs: domain, impact: "High", slow: true, honours: "PoolFqdn DisasterMode"},
	"Invoke-CsPoolFailBack":             {run: poolFailBack, needs: domain, impact: "High", slow: true, honours: "PoolFqdn"},
	"Invoke-CsManagementServerFailover": {run: managementFailOver, needs: domain, impact: "High", honours: "BackupSqlServerFqdn"},
}

func (r *run) frontEndPool() (farm.FrontEndPool, error) {
	fqdn := r.Text("PoolFqdn")
	pool, ok := r.config.FrontEndPool(fqdn)
	if !ok {
		return pool, notFound("Front End pool", fqdn)
	}
	return pool, nil
}

// backupPool is the backup of a Front End pool, or "".
func (r *run) backupPool(fqdn string) string {
	pool, _ := r.config.FrontEndPool(fqdn)
	return pool.BackupPool
}

// getBackupRelationship emits nothing for a pool without backup. The property names
// are invented, because the reference names only the class.
func getBackupRelationship(_ context.Context, r *run) error {
	pool, err := r.frontEndPool()
	if err != nil || pool.BackupPool == "" {
		return err
	}
	return r.EmitWhole(value.NewObject("Microsoft.Rtc.Management.Hadr.BackupService.BackupRelation").
		Set("PoolFqdn", pool.FQDN).Set("BackupPoolFqdn", pool.BackupPool))
}

// getBackupServiceStatus only knows whether both pools are available to back each
// other up.
func getBackupServiceStatus(_ context.Context, r *run) error {
	pool, err := r.frontEndPool()
	if err != nil {
		return err
	}
	if pool.BackupPool == "" {
		return refusal.New(refusal.Refused, "read the backup service status of", pool.FQDN, "the pool has no backup pool")
	}
	exports, imports := "SteadyState", "NormalState"
	if r.serversUp(pool.FQDN) == 0 || r.serversUp(pool.BackupPool) == 0 {
		exports, imports = "ErrorState", "ErrorState"
	}
	return r.EmitWhole(value.NewObject().
		Set("PoolFqdn", pool.FQDN).
		Set("OverallExportStatus", exports).
		Set("OverallImportStatus", imports))
}

// getFabricState emits text, as the reference says. The wording is invented.
func getFabricState(_ context.Context, r *run) error {
	pool, err := r.frontEndPool()
	if err != nil {
		return err
	}
	return r.EmitWhole(fmt.Sprintf("Pool %s: %d of %d Front End servers are up", pool.FQDN, r.serversUp(pool.FQDN), len(pool.Servers)))
}

// serversUp counts the servers of a pool that answer.
func (r *run) serversUp(pool string) int {
	up := 0
	for _, m := range r.Farm.Machines() {
		if strings.EqualFold(m.Pool, pool) && m.Up() {
			up++
		}
	}
	return up
}

func poolFailOver(ctx context.Context, r *run) error {
	pool := r.Text("PoolFqdn")
	if yes, err := r.proceed(pool); !yes || err != nil {
		return err
	}
	mode := farm.Planned
	if r.On("DisasterMode") {
		mode = farm.Disaster
	}
	return r.Farm.FailOver(ctx, r.by(), pool, mode)
}

func poolFailBack(ctx context.Context, r *run) error {
	pool := r.Text("PoolFqdn")
	if yes, err := r.proceed(pool); !yes || err != nil {
		return err
	}
	return r.Farm.FailBack(ctx, r.by(), pool)
}

// managementFailOver moves the Central Management Server to the backup pool of its
// holder. The procedure uses it with -WhatIf to find the holder [doc].
func managementFailOver(_ context.Context, r *run) error {
	r.config = r.Farm.Truth() // the store may be down, which is the reason for a failover
	holder := r.config.CMSPool
	target := r.backupPool(holder)
	if server := r.Text("BackupSqlServerFqdn"); server != "" {
		target = r.poolOf(server)
	}
	if target == "" {
		return refusal.New(refusal.Refused, "move the Central Management Server from", holder, "there is no backup pool to move it to")
	}
	if yes, err := r.ShouldProcess("Central Management Server, from "+holder+" to "+target, r.Name()); !yes || err != nil {
		return err
	}
	return r.Farm.MoveCMS(r.by(), target)
}

// poolOf is the pool with this name, or the pool of the server with this name.
func (r *run) poolOf(name string) string {
	if r.config.Published.Pool(name) != nil {
		return name
	}
	for _, c := range computers(r.config.Published) {
		if strings.EqualFold(c.FQDN, name) {
			return c.pool
		}
	}
	return name
}
