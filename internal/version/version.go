// Package version says which fedroute a program was built from.
package version

import "runtime/debug"

// built is the answer of git describe --tags --always --dirty. The Makefile and the
// Dockerfile write it here with the linker's -X. It is empty in other builds.
var built string

// unknown is the answer of a program that was built by hand.
const unknown = "devel"

// String is the version in one word. For a release it is v0.2.0, for a build from a clone
// between two releases v0.2.0-3-g1a2b3c4-dirty. After go install it is the module's
// version. For a build by hand it is devel.
func String() string {
	info, ok := debug.ReadBuildInfo()
	return choose(built, info, ok)
}

// choose prefers built: the module of a clone has no version.
func choose(built string, info *debug.BuildInfo, ok bool) string {
	if built != "" {
		return built
	}
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return unknown
	}
	return info.Main.Version
}
