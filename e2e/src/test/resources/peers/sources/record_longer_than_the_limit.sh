#!/bin/sh
# Prints a record that is longer than `line_size`.
# limits: line_size: 1m
. "${0%/*}/peer.sh"
record 1 2
state 2
printf '{"type":"RECORD","record":{"stream":"orders","data":{"id":3,"note":"'
head -c 2000000 /dev/zero | tr '\0' x
printf '"},"emitted_at":1}}\n'
record 4
state 4
