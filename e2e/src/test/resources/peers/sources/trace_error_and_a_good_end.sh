#!/bin/sh
# Reports an error, and exits with 0.
. "${0%/*}/peer.sh"
record 1 2
state 2
trace_error 'one page of orders could not be read'
