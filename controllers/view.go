package controllers

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/memory/sights"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/status"
)

// view is what one look for a route found, with what it was made of: the observation of the
// organization, and the wish, which together say what to look at.
type view struct {
	sight   sights.Sight
	wish    string
	records map[dns.Key]lync.Part[dns.Lookup]
	ports   map[probe.Target]probe.Reading
}

// errLooking says that the look for this route is still under way. Until it has ended,
// status stays as it is.
var errLooking = errors.New("the look for this route is still under way")

// soon is when a route is looked at again whose look was of an older observation.
const soon = time.Second

// seenWith gives the observation to go on with: that of the route's look, where one has
// ended, and otherwise the present one. Records and ports are compared with the observation
// that was there before them. A look that is not newer than the latest run says nothing.
// Fault: errLooking.
func (s *scope) seenWith(ctx context.Context, now sights.Sight) (sights.Sight, error) {
	found := s.looks.Wait(ctx, objectOf(s.route), editionOf(s.route))
	switch {
	case !found.Begun || found.Ended && found.Err != nil:
		return now, nil
	case !found.Ended:
		return now, errLooking
	}
	if _, unseen := s.unseen(found.Value.sight); unseen || found.Value.sight.Edition != now.Edition {
		return now, nil
	}
	if found.Value.sight.Snapshot.At.Before(now.Snapshot.At) {
		s.again = min(s.again, soon)
	}
	return found.Value.sight, nil
}

// observe adds what only this route needs (its DNS records and ports) to the observation
// of the organization. Faults: errLooking, SecretMissing, Invalid, Internal.
func (s *scope) observe(ctx context.Context, now sights.Sight, wish string) error {
	found := s.looks.Look(ctx, objectOf(s.route), editionOf(s.route), s.lookAt(now, wish))
	if found.Ended && found.Err == nil && (found.Value.wish != wish || !found.Value.sight.Snapshot.At.Equal(now.Snapshot.At)) {
		found = s.looks.Look(ctx, objectOf(s.route), editionOf(s.route), s.lookAt(now, wish)) // the first one was of another question
	}
	switch {
	case !found.Ended:
		return errLooking
	case found.Err != nil:
		return found.Err
	}
	s.facts.Observed = plan.Observed{
		Topology:     now.Snapshot.Topology.Value,
		EdgeServers:  now.Snapshot.EdgeServers,
		Certificates: now.Snapshot.Certificates, At: s.facts.Now,
		Unwritten:  status.Unwritten(s.facts.Previous),
		NotStarted: status.NotStarted(s.facts.Previous),
		Stopped:    status.Stopped(s.facts.Previous, s.route.Spec.ApprovedPlan),
		Document:   now.Snapshot.Document,
		Published:  s.topology.Status.PublishedDocument,
		SimpleURLs: s.topology.Status.SimpleURLs,
		Records:    found.Value.records,
		Adopted:    status.Adopted(s.facts.Previous),
		Ports:      found.Value.ports,
		Hops:       status.NextHops(s.facts.Previous),
		Setups:     s.setups(),
	}
	return nil
}

// lookAt gives a function that reads the records and asks the ports. It does not use the
// route, into which the client decodes the API server's answers.
func (s *scope) lookAt(now sights.Sight, wish string) func(context.Context) (view, error) {
	spec, desired, keys, asked, names := s.route.Spec.DNS.DeepCopy(), s.facts.Desired, s.secrets(), s.ports, s.names
	turn := s.circuits.Of(s.route.Namespace).Turn
	left := desired.LeftTargets(now.Snapshot.Topology.Value, now.Snapshot.EdgeServers)
	hops := desired.NextHopTargets(now.Snapshot.Topology.Value, status.NextHops(s.facts.Previous))
	return func(ctx context.Context) (view, error) {
		open, err := readers(ctx, spec, keys, names, turn)
		if err != nil {
			return view{}, err
		}
		ports, err := asked.Read(ctx, slices.Concat(desired.Targets, desired.FailBackTargets(), hops, left), now.Snapshot.At)
		if err != nil {
			return view{}, err
		}
		return view{sight: now, wish: wish, records: lookUpAll(ctx, open, desired), ports: ports}, nil
	}
}

// hearRequest acts on a person's request once: refused accounts may be shown again, servers
// that let looks wait in vain may be asked again, and the organization is observed.
func (s *scope) hearRequest() {
	text := s.facts.RequestedAt
	if !s.requested() || !s.heard.When(objectOf(s.route), text).IsZero() {
		return
	}
	s.heard.Note(objectOf(s.route), text, s.facts.Now)
	s.accounts.Forgive(s.route.Namespace)
	s.circuits.Forgive(s.route.Namespace)
	s.look(s.facts.Now)
}
