#!/bin/sh
# Fails behind its third record, without a word on its standard output.
. "${0%/*}/peer.sh"
record 1 2
state 2
record 3
echo 'the shop hung up' >&2
exit 1
