#!/bin/sh
# Fails behind the third record, while the source goes on.
# partner: waiting_source
. "${0%/*}/peer.sh"
keep_until 3
echo 'Segmentation fault' >&2
exit 139
