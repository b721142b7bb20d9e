#!/bin/sh
# Exits with 0 and says nothing.
[ "$1" != discover ] || exit 0
. "${0%/*}/peer.sh"
