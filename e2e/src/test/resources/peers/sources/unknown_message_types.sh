#!/bin/sh
# Prints messages of types that nobody has heard of.
. "${0%/*}/peer.sh"
echo '{"type":"FUTURE","future":{"when":"soon"}}'
record 1
echo '{"type":"DEBUG","message":"here"}'
record 2
echo '{"type":"TRACE","trace":{"type":"FUTURE","emitted_at":1}}'
state 2
