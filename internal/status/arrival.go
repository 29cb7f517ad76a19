package status

import (
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// Arrival is how long after its own creation an object waits for a LyncTopology or a Secret
// that it names. A pipeline creates all of them at once and in any order.
const Arrival = time.Minute

// arriving judges a finding once more. What a young object lacks may be on its way, so
// nobody is told to create it yet.
func arriving(found finding, created, now time.Time) finding {
	missing := found.reason == v1alpha1.ReasonTopologyMissing || found.reason == v1alpha1.ReasonSecretMissing
	if missing && now.Sub(created) < Arrival {
		found.outlook = passing
	}
	return found
}
