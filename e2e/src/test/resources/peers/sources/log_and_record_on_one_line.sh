#!/bin/sh
# Prints a log message and a record without a line feed between them, as two threads do that share an output.
. "${0%/*}/peer.sh"
record 1 2
state 2
say 'half way' | tr -d '\n'
record 3
state 3
