#!/bin/sh
# Prints LOG messages for ever and no answer.
# limits: operation_timeout: 8s
here=${0%/*}
if [ "$1" = discover ]; then
    : >"$here/stuck"
    exec yes '{"type":"LOG","log":{"level":"INFO","message":"still looking"}}'
fi
. "$here/peer.sh"
