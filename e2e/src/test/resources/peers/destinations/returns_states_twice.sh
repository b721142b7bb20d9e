#!/bin/sh
# Returns each state, and all of them again at the end.
. "${0%/*}/peer.sh"
keep | tee "$here/states"
cat "$here/states"
