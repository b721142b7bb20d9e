#!/bin/sh
# Reports that its configuration is wrong, and exits with 1.
. "${0%/*}/peer.sh"
record 1 2
state 2
trace_error 'the token has expired' config_error
exit 1
