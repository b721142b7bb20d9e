#!/bin/sh
# Returns its last state only by half, and exits with 0.
. "${0%/*}/peer.sh"
keep >"$here/states"
head -n 2 "$here/states"
tail -n 1 "$here/states" | head -c 60
