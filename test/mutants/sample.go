package main

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
)

// sample chooses n places by a seed, each package giving as many as its share of all places,
// and at least one. Each place comes with those that take its place, in their order, when
// its change does not compile; no place is in two queues.
func sample(all []place, n int, seed uint64) [][]place {
	if len(all) == 0 {
		return nil
	}
	dice := rand.New(rand.NewPCG(seed, 0))
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
		dice.Shuffle(len(by[pkg]), func(i, j int) { by[pkg][i], by[pkg][j] = by[pkg][j], by[pkg][i] })
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
	var out [][]place
	for _, s := range shares {
		for i := range s.count {
			var queue []place
			for j := i; j < len(by[s.pkg]); j += s.count {
				queue = append(queue, by[s.pkg][j])
			}
			out = append(out, queue)
		}
	}
	dice.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}
