#!/bin/sh
# Prints 50 MB of text before it reads its input, and again after.
. "${0%/*}/peer.sh"
yes 'a line of no meaning' | head -c 50000000
keep
yes 'a line of no meaning' | head -c 50000000
