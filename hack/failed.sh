#!/usr/bin/env bash
# Repeats those lines of logs of go test that say which tests failed, and why. A story that
# fails prints the log of its manager, which buries them.
set -euo pipefail
echo 'what failed, out of the lines above:'
grep -haE '^ *--- FAIL|^FAIL|^panic:|WARNING: DATA RACE|^ *[[:alnum:]_]+_test\.go:[0-9]+:' "$@" | cut -c1-400
