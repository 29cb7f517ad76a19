package partner

import (
	"context"
	"sync"
	"time"
)

// Pair is two partners that watch one move: one asks anew each time, the other keeps each
// answer for its TTL.
type Pair struct{ Fresh, Caching *Partner }

// WatchMove lets a pair watch a move, and afterwards until the partner that caches has come
// by the new records, or would have.
func WatchMove(ctx context.Context, resolver, domain string, ttl time.Duration, move func() error) (Pair, error) {
	seen := Pair{&Partner{Resolver: resolver, Domain: domain}, &Partner{Resolver: resolver, Domain: domain, Caches: true}}
	watching, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	for _, p := range []*Partner{seen.Fresh, seen.Caching} {
		watchers.Go(func() { p.Watch(watching) })
	}
	err := move()
	if err == nil {
		select {
		case <-time.After(ttl + 5*time.Second):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	stop()
	watchers.Wait()
	return seen, err
}
