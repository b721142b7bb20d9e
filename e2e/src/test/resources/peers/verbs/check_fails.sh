#!/bin/sh
# Says that its configuration does not work, and exits with 0.
if [ "$1" = check ]; then
    echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"the token has expired"}}'
    exit 0
fi
. "${0%/*}/peer.sh"
