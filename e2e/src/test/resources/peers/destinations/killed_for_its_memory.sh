#!/bin/sh
# Takes more memory than it may.
# only: container, as a process has no limit of its memory
# memory: 64m
. "${0%/*}/peer.sh"
keep
exec tail /dev/zero
