#!/bin/sh
# Two records and their state, then the third again and again.
. "${0%/*}/peer.sh"
record 1 2
state 2
exec yes "$(record 3)"
