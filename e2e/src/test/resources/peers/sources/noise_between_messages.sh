#!/bin/sh
# Prints banners, a message over several lines and bytes of no meaning between its messages.
. "${0%/*}/peer.sh"
echo '  _____ welcome _____'
record 1
printf '{\n  "type": "LOG",\n  "log": {"level": "INFO"}\n}\n\n'
head -c 100000 /dev/urandom
echo
record 2
state 2
