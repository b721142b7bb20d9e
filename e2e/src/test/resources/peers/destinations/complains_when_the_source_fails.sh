#!/bin/sh
# Exits with 1 and a report of its own when a stream is not complete at the end of its input.
# partner: failing_source
. "${0%/*}/peer.sh"
keep
trace_error 'some streams were unsuccessful: orders did not receive a status' transient_error
exit 1
