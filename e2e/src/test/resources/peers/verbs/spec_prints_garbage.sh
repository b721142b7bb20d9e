#!/bin/sh
# Is no Airbyte connector.
if [ "$1" = spec ]; then
    echo "usage: tool [--verbose] FILE"
    echo "tool: unknown command spec" >&2
    exit 1
fi
. "${0%/*}/peer.sh"
