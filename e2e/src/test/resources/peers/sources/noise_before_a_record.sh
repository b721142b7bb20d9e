#!/bin/sh
# Prints text and a record on one line.
. "${0%/*}/peer.sh"
record 1 2
state 2
printf 'DEBUG '
record 3
state 4
