#!/bin/sh
# Prints a state of a stream that it was not asked for.
. "${0%/*}/peer.sh"
record 1 2
state 9 | sed 's/orders/parents/'
state 2
