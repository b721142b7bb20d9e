#!/bin/sh
# Prints two records without a line feed between them, as two threads do that share an output.
. "${0%/*}/peer.sh"
record 1 2
state 2
record 3 4 | tr -d '\n'
echo
state 4
