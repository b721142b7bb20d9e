#!/bin/sh
# Keeps what comes up to the third record, reads the rest away and exits with 0.
. "${0%/*}/peer.sh"
keep_until 3
cat >/dev/null
