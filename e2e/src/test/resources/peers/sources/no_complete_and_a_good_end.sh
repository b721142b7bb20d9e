#!/bin/sh
# Says that its stream has started and never that it is complete; exits with 0.
. "${0%/*}/peer.sh"
status STARTED
record 1 2
state 2
