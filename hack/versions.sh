#!/usr/bin/env bash
# Tells the stories whose ending depends on the version on each version of the product,
# the supported one first, and once more with the name that Microsoft's procedures give to
# the parameter for a site's XMPP route. The worker tells them of 2010 and 2013, on machines
# with a PowerShell that is too old for the endpoint kit; the kit tells them of the others.
# Takes the folder with the built programs, and a pattern of other stories to tell.
#   hack/versions.sh bin
#   hack/versions.sh bin .
set -euo pipefail
bin=$(realpath "$1")
export STORIES=${2-}
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Two runs side by side, each with its own API server: while one waits, the other works.
tell() {
  local log begun=$SECONDS
  log=$(mktemp "$3/XXXXXX")
  if "$2/scenario.test" $1 -manager "$2/manager" ${STORIES:+-test.run "$STORIES"} -test.parallel 24 -test.timeout 15m -test.v >"$log" 2>&1; then
    printf 'ok   %-60s %3d stories  %3d s\n' "$1" "$(grep -c '^ *--- PASS' "$log")" $((SECONDS - begun))
  else
    printf 'FAIL %s\n' "$1"
    cat "$log"
    return 1
  fi
}
export -f tell

cd "$(dirname "$0")/../test/scenario"
FEDROUTE_BIN=$bin xargs -d '\n' -P 2 -I RUN bash -c 'tell "$@"' tell RUN "$bin" "$logs" <<'RUNS'
-product SkypeForBusinessServerSE
-product SkypeForBusinessServer2019
-product SkypeForBusinessServer2015
-product LyncServer2013
-product LyncServer2010
-product LyncServer2013 -route-parameter XmppExternalFederationRoute
RUNS
