#!/bin/sh
# Says that it works, and exits with 1.
if [ "$1" = check ]; then
    echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'
    exit 1
fi
. "${0%/*}/peer.sh"
