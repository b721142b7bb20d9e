#!/bin/sh
# Exits with 0 behind the third record, while the source goes on.
# partner: waiting_source
. "${0%/*}/peer.sh"
keep_until 3
