#!/bin/sh
# Returns a state of a stream that is not part of the sync.
. "${0%/*}/peer.sh"
keep
state 7 | sed 's/orders/parents/'
