#!/bin/sh
# Closes its outputs and goes on living.
. "${0%/*}/peer.sh"
record 1 2
state 2
stuck
exec sleep 1000000 >&- 2>&-
