#!/bin/sh
# Prints a record of a stream that it was not asked for.
. "${0%/*}/peer.sh"
record 1 2
state 2
record 3 | sed 's/orders/Orders/'
state 4
