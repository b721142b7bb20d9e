#!/bin/sh
# Fails, and leaves a child that holds its input and its outputs open.
# partner: endless_source
. "${0%/*}/peer.sh"
trap '' HUP
(trap '' TERM; exec sleep 1000000) <&0 &
keep_until 3
exit 4
