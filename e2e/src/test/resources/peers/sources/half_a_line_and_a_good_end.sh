#!/bin/sh
# Prints half a record at the end, and exits with 0.
. "${0%/*}/peer.sh"
record 1 2
state 2
printf '{"type":"RECORD","record":{"stream":"orders","data":{"id":3'
