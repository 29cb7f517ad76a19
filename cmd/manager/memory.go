package main

import (
	"runtime/debug"
	"strconv"
)

// memoryVariable has the container's memory limit in bytes. The kubelet writes it.
const memoryVariable = "FEDROUTE_MEMORY_LIMIT"

// collectBelow lets Go collect garbage before the kernel kills the process: it sets the
// runtime's soft limit to nine tenths of the container's, which leaves room for what Go does
// not count. A GOMEMLIMIT that somebody set stays. It gives the soft limit in bytes; 0 where
// it sets none.
func collectBelow(environment func(string) string) int64 {
	limit, err := strconv.ParseInt(environment(memoryVariable), 10, 64)
	if err != nil || limit <= 0 || environment("GOMEMLIMIT") != "" {
		return 0
	}
	soft := limit / 10 * 9
	debug.SetMemoryLimit(soft)
	return soft
}
