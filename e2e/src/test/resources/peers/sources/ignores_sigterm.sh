#!/bin/sh
# Hangs, and does not end when it is asked to.
# limits: source_timeout: 8s
. "${0%/*}/peer.sh"
trap '' TERM INT
record 1 2
state 2
stuck
exec sleep 1000000
