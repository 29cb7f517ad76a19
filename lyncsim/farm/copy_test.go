package farm

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestACopyGoesItsOwnWay: what is done to a copy leaves the farm as it is, and the other way
// round; what was on its way to a replica arrives in both.
func TestACopyGoesItsOwnWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spec := twoSites()
		spec.Durations.Profile = "lifelike"
		f, err := New(spec, Options{Clock: RealClock{}, Seed: 1})
		must(t, err)
		must(t, f.SetSiteRoute(person, "Redmond", SIP, edgeB))
		c := f.Copy()
		if v, now := c.Truth().Version, f.Truth().Version; v != now {
			t.Fatalf("the copy begins with version %d of %d", v, now)
		}
		must(t, c.SetSiteRoute(person, "Dublin", SIP, edgeB))
		must(t, c.Kill(person, "edge-a1.contoso.com"))
		must(t, f.StopServices(t.Context(), person, ServicesRequest{Machine: "edge-a2.contoso.com"}))
		time.Sleep(10 * time.Minute)
		if f.Truth().Routes["dublin"].SIP == edgeB || c.Truth().Routes["dublin"].SIP != edgeB {
			t.Error("the route of Dublin was to change in the copy alone")
		}
		for _, of := range []struct {
			farm                 *Farm
			what                 string
			powered, someStopped bool
		}{{f, "the farm", true, true}, {c, "the copy", false, false}} {
			a1, err := of.farm.Machine("edge-a1.contoso.com")
			must(t, err)
			a2, err := of.farm.Machine("edge-a2.contoso.com")
			must(t, err)
			if a1.Powered != of.powered || (a2.Services[0].Status == Stopped) != of.someStopped {
				t.Errorf("%s: edge-a1 has power: %t, edge-a2's first service is %s", of.what, a1.Powered, a2.Services[0].Status)
			}
			if b, err := of.farm.Machine("edge-b1.contoso.com"); err != nil || b.LocalVersion != of.farm.Truth().Version {
				t.Errorf("%s: the replica has version %d of %d, %v", of.what, b.LocalVersion, of.farm.Truth().Version, err)
			}
		}
		if len(c.Journal()) != 2 {
			t.Errorf("the copy's journal has %d entries", len(c.Journal()))
		}
	})
}
