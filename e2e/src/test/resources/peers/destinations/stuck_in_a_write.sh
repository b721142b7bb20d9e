#!/bin/sh
# Never reads its input.
# partner: endless_source
# limits: destination_timeout: 4s
. "${0%/*}/peer.sh"
stuck
exec sleep 1000000
