#!/bin/sh
# Fails behind the third record, while the source goes on, and says why.
# partner: endless_source
. "${0%/*}/peer.sh"
keep_until 3
trace_error 'the table orders is locked' transient_error
exit 1
