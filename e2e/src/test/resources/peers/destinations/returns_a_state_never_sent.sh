#!/bin/sh
# Returns a state of its own making.
. "${0%/*}/peer.sh"
keep
state 5 | sed 's/}}$/,"id":4711}}/'
