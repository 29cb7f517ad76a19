// Package version says which fedroute a program was built from.
package version

import "runtime/debug"

// built is what the Makefile and the Dockerfile write here with the linker's -X: the
// answer of git describe --tags --always --dirty. Empty when nothing was written.
var built string

// unknown is the answer of a program that was built by hand.
const unknown = "devel"

// String is the version in one word: v0.2.0, or v0.2.0-3-g1a2b3c4-dirty when built from
// a clone between two releases; the module's version when installed by go install; devel
// when built by hand.
func String() string {
	info, ok := debug.ReadBuildInfo()
	return choose(built, info, ok)
}

// choose prefers what the build wrote: the module of a clone has no version.
func choose(built string, info *debug.BuildInfo, ok bool) string {
	if built != "" {
		return built
	}
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return unknown
	}
	return info.Main.Version
}
