#!/bin/sh
# Exits with 0 and says nothing.
[ "$1" != check ] || exit 0
. "${0%/*}/peer.sh"
