#!/bin/sh
# Prints a record of 100 MB.
. "${0%/*}/peer.sh"
printf '{"type":"RECORD","record":{"stream":"orders","data":{"id":1,"note":"'
head -c 100000000 /dev/zero | tr '\0' x
printf '"},"emitted_at":1}}\n'
record 2
state 2
