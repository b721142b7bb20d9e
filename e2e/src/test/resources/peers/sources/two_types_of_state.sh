#!/bin/sh
# Prints a state of its stream and then one of all streams.
. "${0%/*}/peer.sh"
record 1 2
state 2
record 3
echo '{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"lsn":1},"stream_states":[{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":3}}]}}}'
