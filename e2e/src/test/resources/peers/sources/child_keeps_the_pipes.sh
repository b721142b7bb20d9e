#!/bin/sh
# Ends well, but leaves a child that holds its outputs open.
. "${0%/*}/peer.sh"
trap '' HUP
sleep 1000000 &
record 1 2
state 2
