#!/bin/sh
# Fails with nothing but a line on its standard error.
. "${0%/*}/peer.sh"
record 1 2
state 2
echo 'ModuleNotFoundError: no module named requests' >&2
exit 1
