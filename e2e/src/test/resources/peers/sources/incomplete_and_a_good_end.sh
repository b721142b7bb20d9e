#!/bin/sh
# Says that its stream is incomplete, and exits with 0.
. "${0%/*}/peer.sh"
status STARTED
record 1 2
state 2
status INCOMPLETE
