package farm

import (
	"context"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// FailOverMode says whether a failover needs the failed pool to be alive.
type FailOverMode int

// The modes of Invoke-CsPoolFailOver: Disaster is -DisasterMode.
const (
	Planned FailOverMode = iota
	Disaster
)

// FailOver moves a Front End pool's users to its backup pool
// (Invoke-CsPoolFailOver). It refuses a pool that is the next hop of an Edge pool,
// and a pool without a backup pool. Unless the mode is Disaster, the pool must be
// alive. Faults: Invalid, Refused, Busy, Unreachable.
func (f *Farm) FailOver(ctx context.Context, a Actor, pool string, mode FailOverMode) error {
	done, err := f.begin(a, "Invoke-CsPoolFailOver", pool)
	if err != nil {
		return err
	}
	defer done()
	if err := f.mayFailOver(pool, mode); err != nil {
		return f.refuse(a, "Registrar:"+pool+" PoolState", err)
	}
	if err := f.SetPoolState(a, pool, PoolFailingOver); err != nil {
		return err
	}
	if err := f.clock.Sleep(ctx, f.durations.FailOver.std()); err != nil {
		return f.refuse(a, "Registrar:"+pool+" PoolState", interrupted("fail over", pool, err))
	}
	return f.SetPoolState(a, pool, PoolFailedOver)
}

func (f *Farm) mayFailOver(pool string, mode FailOverMode) error {
	const op = "fail over the pool"
	c, err := f.CMS()
	if err != nil {
		return err
	}
	p, ok := c.FrontEndPool(pool)
	if !ok {
		return notFound(op, "Front End pool", pool)
	}
	if p.State == PoolFailedOver || p.State == PoolFailingOver {
		return refusal.New(refusal.Refused, op, pool, "the pool is in the state "+string(p.State))
	}
	if p.BackupPool == "" {
		return refusal.New(refusal.Refused, op, pool, "the pool has no backup pool").Adding("assign one in Topology Builder")
	}
	for _, e := range c.EdgePools() {
		if strings.EqualFold(e.NextHop, pool) {
			return refusal.New(refusal.Refused, op, pool, "the Edge pool "+e.FQDN+" names it as its next hop").
				Adding("move the next hop first (Set-CsEdgeServer -Identity EdgeServer:" + e.FQDN + " -Registrar Registrar:" + p.BackupPool + ")")
		}
	}
	if mode == Planned && !f.poolUp(pool) {
		return refusal.New(refusal.Refused, op, pool, "no server of the pool answers").Adding("use -DisasterMode")
	}
	if !f.poolUp(p.BackupPool) {
		return refusal.New(refusal.Unreachable, op, pool, "no server of the backup pool "+p.BackupPool+" answers")
	}
	return nil
}

// FailBack moves the users of a failed-over pool back to it (Invoke-CsPoolFailBack).
// Its time grows with the number of users. The pool stays FailedOver until FailBack
// is done. Faults: Invalid, Refused, Busy, Unreachable.
func (f *Farm) FailBack(ctx context.Context, a Actor, pool string) error {
	done, err := f.begin(a, "Invoke-CsPoolFailBack", pool)
	if err != nil {
		return err
	}
	defer done()
	p, err := f.mayFailBack(pool)
	if err != nil {
		return f.refuse(a, "Registrar:"+pool+" PoolState", err)
	}
	if err := f.clock.Sleep(ctx, f.failBackTime(p.Users)); err != nil {
		return f.refuse(a, "Registrar:"+pool+" PoolState", interrupted("fail back", pool, err))
	}
	return f.SetPoolState(a, pool, PoolActive)
}

func (f *Farm) mayFailBack(pool string) (FrontEndPool, error) {
	const op = "fail back the pool"
	c, err := f.CMS()
	if err != nil {
		return FrontEndPool{}, err
	}
	p, ok := c.FrontEndPool(pool)
	switch {
	case !ok:
		return p, notFound(op, "Front End pool", pool)
	case p.State != PoolFailedOver:
		return p, refusal.New(refusal.Refused, op, pool, "the pool is in the state "+string(p.State)+", not FailedOver")
	case !f.poolUp(pool):
		return p, refusal.New(refusal.Unreachable, op, pool, "no server of the pool answers")
	}
	return p, nil
}

func (f *Farm) failBackTime(users int) time.Duration {
	return f.durations.FailBack.std() + f.durations.FailBackPerThousandUsers.std()*time.Duration(users)/1000
}

func (f *Farm) poolUp(pool string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.machines {
		if m.pool != "" && key(m.pool) == key(pool) && m.up() {
			return true
		}
	}
	return false
}
