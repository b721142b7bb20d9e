#!/bin/sh
# Is killed behind the third record, while the source goes on.
# partner: endless_source
. "${0%/*}/peer.sh"
keep_until 3
kill -9 $$
