#!/bin/sh
# Reads its input, closes its outputs and goes on living.
# limits: destination_timeout: 8s
. "${0%/*}/peer.sh"
keep
stuck
exec sleep 1000000 >&- 2>&-
