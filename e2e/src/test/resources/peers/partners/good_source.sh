#!/bin/sh
# Six records with a state behind every second, from where the stored state ends.
. "${0%/*}/peer.sh"
cursor=0
[ -z "${7-}" ] || cursor=$(sed 's/.*"cursor":\([0-9]*\).*/\1/' "$7")
echo "$cursor" >>"$here/began"
status STARTED
while [ "$cursor" -lt 6 ]; do
    cursor=$((cursor + 1))
    record "$cursor"
    [ $((cursor % 2)) = 1 ] || state "$cursor"
done
status COMPLETE
