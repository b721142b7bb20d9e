#!/bin/sh
# Is killed in the middle of a record.
. "${0%/*}/peer.sh"
record 1 2
state 2
printf '{"type":"RECORD","record":{"stream":"orders","data":{"id":3'
kill -9 $$
