#!/bin/sh
# Reads its input and prints text for ever.
# limits: destination_timeout: 4s
. "${0%/*}/peer.sh"
keep
stuck
exec yes 'still merging'
