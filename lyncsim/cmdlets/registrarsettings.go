package cmdlets

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var registrarCmdlets = map[string]cmdlet{
	"Get-CsRegistrarConfiguration": {run: getRegistrarSettings, needs: store, honours: "Identity Filter LocalStore"},
	"Set-CsRegistrarConfiguration": {run: setRegistrarSettings, needs: store, honours: "Identity Instance PoolState"},
}

const registrarScope = "Service:Registrar:"

// registrarSettings is one collection: the global one, or that of a pool.
type registrarSettings struct {
	identity string
	state    farm.PoolState
}

// registrarSettings lists the collections. The documentation does not say which
// collection holds a pool's state. Here each Front End pool has a collection at the
// service scope, the only scope at which a state belongs to one pool [invented].
func (r *run) registrarSettings() []registrarSettings {
	list := []registrarSettings{{"Global", farm.PoolActive}}
	if !r.hasPoolState() {
		return list
	}
	for _, pool := range r.config.FrontEndPools() {
		list = append(list, registrarSettings{registrarScope + pool.FQDN, pool.State})
	}
	return list
}

// hasPoolState reports whether pools have a state, which came with paired pools in
// Lync Server 2013.
func (r *run) hasPoolState() bool { return r.Farm.Product().PairsPools() }

func getRegistrarSettings(_ context.Context, r *run) error {
	found, err := pick(r, "Registrar configuration", r.registrarSettings(), func(s registrarSettings) string { return s.identity })
	if err != nil {
		return err
	}
	return emitAll(r, found, func(s registrarSettings) any { return r.registrarSettingsObject(s) })
}

// registrarSettingsObject has the pool's state, and the reference's defaults for the
// other settings.
func (r *run) registrarSettingsObject(s registrarSettings) *value.Object {
	o := value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.Registrar.RegistrarSettings").
		Set("Identity", s.identity).
		Set("MinEndpointExpiration", 300).
		Set("MaxEndpointExpiration", 900).
		Set("DefaultEndpointExpiration", 600).
		Set("MaxEndpointsPerUser", uint16(8)).
		Set("EnableDHCPServer", false)
	if r.hasPoolState() {
		o.Set("PoolState", string(s.state)).
			Set("BackupStoreUnavailableThreshold", 30*time.Minute).
			Set("MaxUserCount", uint64(12000))
	}
	return o
}

// setRegistrarSettings changes a pool's state. It refuses other settings, because
// they would not affect the farm.
func setRegistrarSettings(_ context.Context, r *run) error {
	identity := r.Text("Identity")
	state := r.Text("PoolState")
	if o, ok := r.Value("Instance").(*value.Object); ok {
		identity = text(o, "Identity")
		if state == "" {
			state = text(o, "PoolState")
		}
	}
	if state == "" {
		return nil
	}
	if !slices.ContainsFunc(r.registrarSettings(), func(s registrarSettings) bool { return strings.EqualFold(s.identity, identity) }) {
		return notFound("Registrar configuration", identity)
	}
	pool := unprefixed(identity, registrarScope)
	if pool == identity {
		return unsupported("Set-CsRegistrarConfiguration -PoolState of " + identity)
	}
	wanted, ok := poolState(state)
	if !ok {
		return badArgument("PoolState", state, "it is none of Active, FailedOver, FailingOver and FailedBack")
	}
	if yes, err := r.proceed(identity); !yes || err != nil {
		return err
	}
	return r.Farm.SetPoolState(r.by(), pool, wanted)
}

// poolState reads a state's name in upper or lower case, as an enumeration does.
func poolState(name string) (farm.PoolState, bool) {
	for _, s := range []farm.PoolState{farm.PoolActive, farm.PoolFailedOver, farm.PoolFailingOver, farm.PoolFailedBack} {
		if strings.EqualFold(string(s), name) {
			return s, true
		}
	}
	return "", false
}
