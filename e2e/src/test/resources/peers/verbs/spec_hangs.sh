#!/bin/sh
# Says nothing and does not end.
# limits: operation_timeout: 8s
here=${0%/*}
if [ "$1" = spec ]; then
    : >"$here/stuck"
    exec sleep 1000000
fi
. "$here/peer.sh"
