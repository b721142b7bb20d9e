#!/bin/sh
# Needs longer after the end of its input than a source may be silent.
# limits: source_timeout: 8s
. "${0%/*}/peer.sh"
keep >"$here/states"
sleep 10
cat "$here/states"
