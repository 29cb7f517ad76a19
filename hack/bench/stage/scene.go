package stage

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// Scene is a namespace with one organization and a manager of its own. The caller
// closes it.
type Scene struct {
	*Stage
	Org       *sim.Organization
	Namespace string
	Manager   *Manager
}

// Open starts an organization and a manager on it in a new namespace.
func (s *Stage) Open(ctx context.Context, namespace string, o Options) (*Scene, error) {
	if err := s.Namespace(ctx, namespace); err != nil {
		return nil, err
	}
	org, err := s.Organization(ctx, namespace, "org", o)
	if err != nil {
		return nil, err
	}
	start := s.Manager
	if o.Limited {
		start = s.LimitedManager
	}
	m, err := start(namespace, o.Manager...)
	if err != nil {
		org.Close()
		return nil, err
	}
	return &Scene{s, org, namespace, m}, nil
}

// Close ends the manager and the organization.
func (s *Scene) Close() {
	s.Manager.Stop()
	s.Org.Close()
}

// Route creates a route to OldPool with the given poll interval, changed by the functions,
// and waits until it is Ready.
func (s *Scene) Route(ctx context.Context, interval time.Duration, changes ...func(*v1alpha1.FederationRoute)) (*v1alpha1.FederationRoute, error) {
	r := Route(s.Namespace, "federation", "org", s.Org)
	r.Spec.Interval.Duration = interval
	for _, change := range changes {
		change(r)
	}
	if err := s.Create(ctx, r); err != nil {
		return nil, err
	}
	_, err := s.Ready(ctx, r)
	return r, err
}

// FailOver moves the route to NewPool. It gives the times at which the move was
// requested and at which the route was seen Ready.
func (s *Scene) FailOver(ctx context.Context, r *v1alpha1.FederationRoute) (from, to time.Time, err error) {
	from = time.Now()
	base := r.DeepCopy()
	r.Spec.EdgePool = NewPool
	if err := s.Objects.Patch(ctx, r, client.MergeFrom(base)); err != nil {
		return from, from, err
	}
	to, err = s.Ready(ctx, r)
	return from, to, err
}

// Ready waits until the route is Ready for its present spec and gives the time when
// that was seen.
func (s *Stage) Ready(ctx context.Context, r *v1alpha1.FederationRoute) (time.Time, error) {
	err := s.Until(ctx, r, func() bool {
		return r.Status.ObservedGeneration == r.Generation && meta.IsStatusConditionTrue(r.Status.Conditions, v1alpha1.ConditionReady)
	})
	if err != nil {
		err = fmt.Errorf("route %s did not get ready: %w: %+v", r.Name, err, r.Status.Conditions)
	}
	return time.Now(), err
}

// Until reads an object again and again until wanted returns true.
func (s *Stage) Until(ctx context.Context, o client.Object, wanted func() bool) error {
	return Until(ctx, 20*time.Millisecond, func() (bool, error) {
		err := s.Objects.Get(ctx, client.ObjectKeyFromObject(o), o)
		return err == nil && wanted(), err
	})
}

// Until calls ok again and again until it returns true.
func Until(ctx context.Context, every time.Duration, ok func() (bool, error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if done, err := ok(); done || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
