#!/bin/sh
# Reports an error instead of an answer, and exits with 1.
if [ "$1" = check ]; then
    echo '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"the shop does not answer","failure_type":"transient_error"}}}'
    exit 1
fi
. "${0%/*}/peer.sh"
