#!/bin/sh
# Reports 500 errors of 1 MB, and exits with 1.
. "${0%/*}/peer.sh"
record 1 2
state 2
long=$(head -c 1000000 /dev/zero | tr '\0' x)
i=0
while [ $i -lt 500 ]; do
    i=$((i + 1))
    trace_error "$i $long"
done
exit 1
