package farm

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is a time.Duration that YAML and JSON write as "90s" or "1h30m".
type Duration time.Duration

// UnmarshalJSON reads the text form.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf(`a duration is text such as "90s": %w`, err)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return err
	}
	if v < 0 {
		return fmt.Errorf("duration %s is negative", s)
	}
	*d = Duration(v)
	return nil
}

// MarshalJSON writes the text form.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// Durations set how long operations take. The zero value is the instant profile.
type Durations struct {
	PowerShellStart Duration `json:"powershellStart,omitempty"`
	ModuleImport    Duration `json:"moduleImport,omitempty"`
	// Cmdlet is the time of a cmdlet that has no field of its own.
	Cmdlet  Duration `json:"cmdlet,omitempty"`
	Publish Duration `json:"publish,omitempty"`
	Enable  Duration `json:"enable,omitempty"`
	// ReplicationNotice is how long the replication status does not show that a
	// change was made: UpToDate still says True during that time.
	ReplicationNotice Duration `json:"replicationNotice,omitempty"`
	// Replication is the time from a change until a replica has it.
	Replication Duration `json:"replication,omitempty"`
	// ForcedReplication is that time after Invoke-CsManagementStoreReplication.
	ForcedReplication Duration `json:"forcedReplication,omitempty"`
	Setup             Duration `json:"setup,omitempty"`
	ServiceStart      Duration `json:"serviceStart,omitempty"`
	ServiceStop       Duration `json:"serviceStop,omitempty"`
	// Drain is how long Stop-CsWindowsService -Graceful leaves a service Paused.
	Drain    Duration `json:"drain,omitempty"`
	FailOver Duration `json:"failover,omitempty"`
	FailBack Duration `json:"failback,omitempty"`
	// FailBackPerThousandUsers is added for every thousand users of the pool.
	FailBackPerThousandUsers Duration `json:"failbackPerThousandUsers,omitempty"`
}

// Profile gives a named profile: "instant" (nothing takes time) or "lifelike".
func Profile(name string) (Durations, error) {
	switch name {
	case "", "instant":
		return Durations{}, nil
	case "lifelike":
		return lifelike, nil
	}
	return Durations{}, fmt.Errorf("durations profile %q does not exist; there are instant and lifelike", name)
}

// lifelike has the times that Microsoft's documents state (forced replication,
// failback), and guesses for the others, about which nothing is published.
var lifelike = Durations{
	PowerShellStart:          Duration(700 * time.Millisecond),
	ModuleImport:             Duration(6 * time.Second),
	Cmdlet:                   Duration(400 * time.Millisecond),
	Publish:                  Duration(15 * time.Second),
	Enable:                   Duration(20 * time.Second),
	ReplicationNotice:        Duration(5 * time.Second),
	Replication:              Duration(45 * time.Second),
	ForcedReplication:        Duration(150 * time.Second),
	Setup:                    Duration(4 * time.Minute),
	ServiceStart:             Duration(25 * time.Second),
	ServiceStop:              Duration(10 * time.Second),
	Drain:                    Duration(30 * time.Second),
	FailOver:                 Duration(5 * time.Minute),
	FailBack:                 Duration(5 * time.Minute),
	FailBackPerThousandUsers: Duration(165 * time.Second),
}
