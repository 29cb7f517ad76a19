package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

// rank is where a seed puts a place among all places. It follows from the place's words alone,
// so that a sample stays nearly the same when the source around its places changes.
func rank(seed uint64, p place) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\t%s", seed, p.identity()))
	return binary.BigEndian.Uint64(sum[:])
}

// queue is a place that is chosen, followed by those that take its place, in their order, when
// its change does not compile.
type queue struct {
	rank   uint64 // of the first
	places []place
}

// sample chooses n places by a seed, each package giving as many as its share of all places,
// and at least one. No place is in two queues.
func sample(all []place, n int, seed uint64) []queue {
	by := map[string][]place{}
	for _, p := range all {
		by[p.pkg] = append(by[p.pkg], p)
	}
	type share struct {
		pkg   string
		count int
		rest  int // what the division leaves
	}
	var shares []share
	given := 0
	for _, pkg := range slices.Sorted(maps.Keys(by)) {
		slices.SortFunc(by[pkg], func(a, b place) int { return cmp.Compare(rank(seed, a), rank(seed, b)) })
		exact := n * len(by[pkg])
		s := share{pkg, min(max(1, exact/len(all)), len(by[pkg])), exact % len(all)}
		shares, given = append(shares, s), given+s.count
	}
	slices.SortStableFunc(shares, func(a, b share) int { return cmp.Compare(b.rest, a.rest) })
	for i := 0; given < n && i < len(shares); i++ {
		if s := &shares[i]; s.count < len(by[s.pkg]) {
			s.count, given = s.count+1, given+1
		}
	}
	var out []queue
	for _, s := range shares {
		for i := range s.count {
			q := queue{rank: rank(seed, by[s.pkg][i])}
			for j := i; j < len(by[s.pkg]); j += s.count {
				q.places = append(q.places, by[s.pkg][j])
			}
			out = append(out, q)
		}
	}
	slices.SortFunc(out, func(a, b queue) int { return cmp.Compare(a.rank, b.rank) })
	return out[:min(n, len(out))]
}
