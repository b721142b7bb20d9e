#!/bin/sh
# Prints something, and then nothing more.
# limits: source_timeout: 8s
. "${0%/*}/peer.sh"
record 1 2
state 2
stuck
exec sleep 1000000
