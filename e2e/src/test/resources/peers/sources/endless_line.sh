#!/bin/sh
# Prints a line that has no end.
# limits: source_timeout: 4s
. "${0%/*}/peer.sh"
record 1 2
state 2
stuck
exec tr '\0' x </dev/zero
