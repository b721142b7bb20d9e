#!/bin/sh
# Prints its last state first and the records after it.
. "${0%/*}/peer.sh"
state 6
record 1 2 3 4 5 6
