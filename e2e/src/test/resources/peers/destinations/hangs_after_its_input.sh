#!/bin/sh
# Reads its input and does not end.
# limits: destination_timeout: 8s
. "${0%/*}/peer.sh"
keep
stuck
exec sleep 1000000
