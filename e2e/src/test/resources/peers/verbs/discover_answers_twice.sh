#!/bin/sh
# Prints two catalogs.
if [ "$1" = discover ]; then
    echo '{"type":"CATALOG","catalog":{"streams":[{"name":"first","json_schema":{},"supported_sync_modes":["full_refresh"]}]}}'
    echo '{"type":"CATALOG","catalog":{"streams":[]}}'
    exit 0
fi
. "${0%/*}/peer.sh"
