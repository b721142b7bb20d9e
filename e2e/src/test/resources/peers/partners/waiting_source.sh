#!/bin/sh
# Three records with a state behind the second, and then a long wait for more.
. "${0%/*}/peer.sh"
record 1 2
state 2
record 3
exec sleep 1000000
