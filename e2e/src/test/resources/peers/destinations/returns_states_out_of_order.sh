#!/bin/sh
# Returns the states in another order than they came in.
. "${0%/*}/peer.sh"
keep | tac
