#!/bin/sh
# Prints LOG messages for ever, and nothing else.
# limits: source_timeout: 8s
. "${0%/*}/peer.sh"
record 1 2
state 2
stuck
exec yes "$(say 'still trying')"
