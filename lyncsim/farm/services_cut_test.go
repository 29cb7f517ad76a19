package farm

import (
	"context"
	"testing"
	"time"
)

// TestServicesArriveWithoutTheirCommand: a command that is cut off leaves the services on their way,
// and the service control manager brings them to its end.
func TestServicesArriveWithoutTheirCommand(t *testing.T) {
	f, clock := newFarm(t, func(s *Spec) { s.Durations.ServiceStop = Duration(time.Minute) })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := f.StopServices(ctx, person, ServicesRequest{Machine: edgeB1}); err == nil {
		t.Fatal("the command was not cut off")
	}
	clock.Advance(2 * time.Minute)
	m, err := f.Machine(edgeB1)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.Services {
		if s.Status != Stopped {
			t.Errorf("%s is %s", s.Name, s.Status)
		}
	}
}
