package peers

import (
	"context"
	"strconv"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/hack/bench/stage"
)

// poll is how often the controller looks at the organization: its default.
const poll = time.Minute

// ownDrift measures the controller in its steady state, with one check a minute. One
// drift check consists of two parts. The time of observing the organization comes
// from the manager's own metrics. The time of checking records and ports is measured
// from the request to the answer in status. Both times are added up, although the
// parts may run side by side.
func (c *comparison) ownDrift(ctx context.Context) (job, error) {
	j := job{who: "fedroute"}
	metrics, err := stage.FreeAddress()
	if err != nil {
		return j, err
	}
	s, err := c.stage.Open(ctx, "drift", stage.Options{Durations: c.durations, Poll: poll, Manager: []string{"--metrics-bind-address=" + metrics}})
	if err != nil {
		return j, err
	}
	defer s.Close()
	r, err := s.Route(ctx, time.Hour)
	if err != nil {
		return j, err
	}
	o := observations{url: "http://" + metrics + "/metrics"}
	if _, err := o.next(ctx); err != nil { // waits for the observation that belongs to becoming ready
		return j, err
	}
	before := s.Org.Counters()
	for i := range c.repeat {
		look, err := o.next(ctx)
		if err != nil {
			return j, err
		}
		rest, err := ask(ctx, s, r, strconv.Itoa(i))
		if err != nil {
			return j, err
		}
		j.took = append(j.took, look+rest)
	}
	j.cost = spent(before, s.Org.Counters(), c.repeat)
	return j, nil
}

// ask requests a check of records and ports and waits for the answer in status.
func ask(ctx context.Context, s *stage.Scene, r *v1alpha1.FederationRoute, value string) (time.Duration, error) {
	from := time.Now()
	base := r.DeepCopy()
	r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: value}
	if err := s.Objects.Patch(ctx, r, client.MergeFrom(base)); err != nil {
		return 0, err
	}
	err := s.Until(ctx, r, func() bool { return r.Status.LastHandledReconcileAt == value })
	return time.Since(from), err
}

// observations follows the manager's observations of the organization.
type observations struct {
	url string
	sum float64 // seconds of all observations so far
}

// next waits for the end of the next observation and gives its duration.
func (o *observations) next(ctx context.Context) (time.Duration, error) {
	var sum float64
	err := stage.Until(ctx, 50*time.Millisecond, func() (bool, error) {
		var err error
		sum, err = stage.ReadMetric(ctx, o.url, `controller_runtime_reconcile_time_seconds_sum{controller="lynctopology"}`)
		return sum > o.sum, err
	})
	took := time.Duration((sum - o.sum) * float64(time.Second))
	o.sum = sum
	return took, err
}
