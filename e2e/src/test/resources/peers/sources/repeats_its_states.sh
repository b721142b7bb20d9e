#!/bin/sh
# Prints each state again, at once and behind later records.
. "${0%/*}/peer.sh"
record 1 2
state 2
state 2
record 3 4
state 2
state 4
