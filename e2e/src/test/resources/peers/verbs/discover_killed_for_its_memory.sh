#!/bin/sh
# Takes more memory than it may.
# only: container, as a process has no limit of its memory
# memory: 64m
[ "$1" != discover ] || exec tail /dev/zero
. "${0%/*}/peer.sh"
