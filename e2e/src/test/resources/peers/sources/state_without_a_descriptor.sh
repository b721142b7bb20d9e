#!/bin/sh
# Prints a state that does not say of which stream it is.
. "${0%/*}/peer.sh"
record 1 2
state 2
record 3 4
state 4 | sed 's/"stream_descriptor":{[^}]*},//'
