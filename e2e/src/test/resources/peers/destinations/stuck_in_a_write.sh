#!/bin/sh
# Never reads its input.
# partner: endless_source
# limits: destination_timeout: 8s
. "${0%/*}/peer.sh"
stuck
exec sleep 1000000
