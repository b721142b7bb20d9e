#!/bin/sh
# Says that it works, and then that it does not.
if [ "$1" = check ]; then
    echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'
    echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"no"}}'
    exit 0
fi
. "${0%/*}/peer.sh"
