package chaos_test

import (
	"context"
	"flag"
	"net/http"
	"path/filepath"
	"runtime/debug"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"github.com/fedroute/fedroute/test/support/apistore"
	"github.com/fedroute/fedroute/test/support/cluster"
)

var live = flag.Uint64("live", 0, "play each seed that this number divides live: in real time, with a real API server. That takes most of an hour and hardly any processor")

// isLive reports whether a seed is played live.
func isLive(seed uint64) bool { return *live > 0 && seed%*live == 0 }

// server is the API of a seed: apistore's in a bubble, a real one where it is played live.
type server interface {
	Config(name string) *rest.Config
	CutWatches(client string)
	Watches() int
	Close()
}

var (
	_ server = (*apistore.Store)(nil)
	_ server = (*apistore.Remote)(nil)
)

// real is the API server of the seed that is played live in this process.
var real *cluster.Cluster

// stage lets the story of a seed happen in a bubble, or live.
func stage(t *testing.T, seed uint64, story func(*testing.T)) {
	t.Helper()
	if !isLive(seed) {
		cryptotest.SetGlobalRandom(t, seed)
		defer debug.SetGCPercent(debug.SetGCPercent(-1)) // see collect
		synctest.Test(t, func(t *testing.T) {
			story(t)
			time.Sleep(5 * time.Minute) // the last messages arrive, and what waits for time ends
		})
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var err error
	if real, err = cluster.Start(ctx, cluster.Bin(root), t.TempDir(), filepath.Join(root, "config/crd/bases")); err != nil {
		t.Fatal(err)
	}
	defer real.Stop()
	began = time.Now()
	story(t)
}

// serve gives the API of a seed.
func serve(t *testing.T, faults apistore.Faults) server {
	t.Helper()
	if real != nil {
		r := faults.Before(real.Config)
		t.Cleanup(r.Close)
		return r
	}
	k, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.NewStore(faults)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// patient is the way of a person to the API. He asks again when a real server, on a machine that
// is busy with other tests, gives no answer in time.
type patient struct{ next http.RoundTripper }

func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	for again := 0; ; again++ {
		answer, err := p.next.RoundTrip(r)
		if err != nil || answer.StatusCode < http.StatusInternalServerError || again == 60 || r.Body != nil && r.GetBody == nil {
			return answer, err
		}
		_ = answer.Body.Close()
		time.Sleep(5 * time.Second)
		if r.GetBody != nil {
			r = r.Clone(r.Context())
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}
