#!/bin/sh
# Prints text, a record and unknown messages after the end of its input.
. "${0%/*}/peer.sh"
keep
echo 'merging…'
record 9
echo '{"type":"FUTURE"}'
say 'merged'
