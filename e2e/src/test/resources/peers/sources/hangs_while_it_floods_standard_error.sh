#!/bin/sh
# Writes to its standard error for ever.
# limits: source_timeout: 8s
. "${0%/*}/peer.sh"
record 1 2
state 2
stuck
exec yes 'still trying' >&2
