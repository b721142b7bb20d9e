#!/bin/sh
# Claims five records in a state behind two.
. "${0%/*}/peer.sh"
record 1 2
state 2 | sed 's/}}$/,"sourceStats":{"recordCount":5.0}}}/'
