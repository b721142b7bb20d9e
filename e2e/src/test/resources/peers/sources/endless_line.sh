#!/bin/sh
# Prints a line that has no end, a byte a second.
# limits: source_timeout: 8s
. "${0%/*}/peer.sh"
record 1 2
state 2
stuck
while :; do
    printf x
    sleep 1
done
