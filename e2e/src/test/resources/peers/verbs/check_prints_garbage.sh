#!/bin/sh
# Prints bytes of no meaning, and exits with 1.
if [ "$1" = check ]; then
    head -c 1000000 /dev/urandom
    echo 'core dumped' >&2
    exit 1
fi
. "${0%/*}/peer.sh"
