#!/bin/sh
# Takes more memory than it may.
# memory: 64m
. "${0%/*}/peer.sh"
record 1 2
state 2
exec tail /dev/zero
