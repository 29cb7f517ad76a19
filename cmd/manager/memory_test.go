package main

import (
	"math"
	"runtime/debug"
	"testing"
)

func TestGarbageIsCollectedBelowTheContainersLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	const none = math.MaxInt64
	for name, c := range map[string]struct {
		reason string
		env    map[string]string
		want   int64
	}{
		"as deployed":      {"nine tenths of 256 MiB", map[string]string{memoryVariable: "268435456"}, 241591905},
		"raised":           {"a patch of the limit is enough", map[string]string{memoryVariable: "1073741824"}, 966367641},
		"no container":     {"there is no limit to stay below", nil, none},
		"set by a person":  {"what is set stays", map[string]string{memoryVariable: "268435456", "GOMEMLIMIT": "100MiB"}, none},
		"not of a kubelet": {"what is no number is no limit", map[string]string{memoryVariable: "256Mi"}, none},
		"zero":             {"it would collect all the time", map[string]string{memoryVariable: "0"}, none},
	} {
		t.Run(name, func(t *testing.T) {
			debug.SetMemoryLimit(none)
			collectBelow(func(name string) string { return c.env[name] })
			if got := debug.SetMemoryLimit(-1); got < c.want-9 || got > c.want {
				t.Errorf("%s: the soft limit is %d, want %d", c.reason, got, c.want)
			}
		})
	}
}
