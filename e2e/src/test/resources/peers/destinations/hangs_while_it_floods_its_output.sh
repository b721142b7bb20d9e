#!/bin/sh
# Reads its input and prints text for ever.
# limits: destination_timeout: 8s
. "${0%/*}/peer.sh"
keep
stuck
exec yes 'still merging'
