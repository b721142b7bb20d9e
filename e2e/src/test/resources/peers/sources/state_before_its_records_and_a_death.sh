#!/bin/sh
# Prints its last state first, one record after it, and dies.
# lost: 2 3 4 5 6
. "${0%/*}/peer.sh"
state 6
record 1
exit 1
