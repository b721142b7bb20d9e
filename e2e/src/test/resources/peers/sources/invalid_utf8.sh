#!/bin/sh
# Prints a record whose text is not UTF-8.
. "${0%/*}/peer.sh"
printf '{"type":"RECORD","record":{"stream":"orders","data":{"id":1,"note":"Zo\353 \377\376 \300\200"},"emitted_at":1}}\n'
record 2
state 2
