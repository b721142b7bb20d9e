#!/bin/sh
# Hangs after its input, and does not end when it is asked to.
# limits: destination_timeout: 8s
. "${0%/*}/peer.sh"
trap '' TERM INT
keep
stuck
exec sleep 1000000
