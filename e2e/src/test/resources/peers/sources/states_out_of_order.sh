#!/bin/sh
# Prints an older state behind a newer one.
. "${0%/*}/peer.sh"
record 1 2 3 4
state 4
record 5 6
state 2
