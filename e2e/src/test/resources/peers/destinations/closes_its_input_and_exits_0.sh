#!/bin/sh
# Closes its input behind the third record, while the source goes on, and exits with 0.
# partner: endless_source
. "${0%/*}/peer.sh"
keep_until 3
exec <&-
sleep 1
exit 0
