#!/bin/sh
# Is killed, and not for its memory.
. "${0%/*}/peer.sh"
record 1 2
state 2
kill -9 $$
