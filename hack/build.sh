#!/usr/bin/env bash
# go build that says how far it is.
#
#   hack/build.sh WHAT OUT [build flags] PACKAGES
#
# On a terminal one line moves; without one a line is written every 15 seconds.
# Nothing is said while nothing is compiled. What the compiler has to say is passed on.
set -euo pipefail
what=$1 out=$2
shift 2

# A compiler lives for seconds. With its garbage collected less often it spends a
# fifth less CPU time, for half as much memory again; what it writes is the same.
export GOGC=${GOGC:-400}

every=${BUILD_TELLS_EVERY:-15}
terminal=
if [ -t 2 ]; then every=1 terminal=1; fi
total=0 done=0 shown=0 modules=0

show() {
	shown=$SECONDS
	local text="$what: $done of $total packages compiled"
	if [ "$total" -eq 0 ]; then text="$what: $modules modules downloaded"; fi
	if [ "$done" -ge "$total" ] && [ "$total" -gt 0 ]; then text="$what: linking"; fi
	text="$text, $((SECONDS / 60)) min $((SECONDS % 60)) s"
	if [ -n "$terminal" ]; then printf '\r\033[K%s' "$text" >&2; else echo "$text" >&2; fi
}

# follow counts what the go command tells line by line on stdin: a bare word is a
# package that it compiles.
follow() {
	local line
	while true; do
		if IFS= read -r -t 1 line; then
			case $line in
			'go: downloading '*) modules=$((modules + 1)) ;;
			*[[:space:]]*) echo "${terminal:+$'\r\033[K'}$line" >&2 ;;
			?*) done=$((done + 1)) ;;
			esac
		elif [ $? -le 128 ]; then # the end of the input, not of the second
			break
		fi
		if [ $((SECONDS - shown)) -ge "$every" ]; then show; fi
	done
	if [ -n "$terminal" ]; then printf '\r\033[K' >&2; fi
}

stale=$(mktemp)
trap 'rm -f "$stale"' EXIT
go list -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' "$@" 2>&1 >"$stale" | follow
total=$(wc -l <"$stale")
if [ "$total" -gt 20 ]; then echo "$what: $total packages to compile" >&2; fi
go build -v -o "$out" "$@" 2>&1 | follow
if [ "$total" -gt 20 ]; then echo "$what: built in $((SECONDS / 60)) min $((SECONDS % 60)) s" >&2; fi
