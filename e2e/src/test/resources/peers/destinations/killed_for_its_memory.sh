#!/bin/sh
# Takes more memory than it may.
# memory: 64m
. "${0%/*}/peer.sh"
keep
exec tail /dev/zero
