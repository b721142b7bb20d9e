#!/bin/sh
# Does not understand its command line.
if [ "$1" = spec ]; then
    echo "main.py: error: invalid choice: 'spec'" >&2
    exit 2
fi
. "${0%/*}/peer.sh"
