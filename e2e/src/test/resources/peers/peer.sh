#!/bin/sh
# What every peer has: its answers to spec, check and discover, and words for what it says. A peer is a script that
# begins with `. "${0%/*}/peer.sh"` and goes on with what it does when it is asked to read or write.
here=${0%/*}

answer() {
    case $1 in
    spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"},"supported_destination_sync_modes":["append"]}}' ;;
    check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
    discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"orders","json_schema":{"type":"object","properties":{"id":{"type":"integer"},"note":{"type":"string"}}},"supported_sync_modes":["incremental"],"source_defined_cursor":true,"default_cursor_field":["id"]}]}}' ;;
    *) return 1 ;;
    esac
}

! answer "$1" || exit 0

# record ID…
record() {
    local id
    for id; do
        echo '{"type":"RECORD","record":{"stream":"orders","data":{"id":'"$id"'},"emitted_at":1}}'
    done
}

# state CURSOR
state() {
    echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":'"$1"'}}}}'
}

# status STATUS
status() {
    echo '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"orders"},"status":"'"$1"'"}}}'
}

# trace_error MESSAGE [TYPE]
trace_error() {
    echo '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"'"$1"'","failure_type":"'"${2-system_error}"'"}}}'
}

say() {
    echo '{"type":"LOG","log":{"level":"INFO","message":"'"$1"'"}}'
}

# From here on it will not end by itself: a test may wait for that.
stuck() {
    : >"$here/stuck"
}

# Reads to the end of the input: a row is in its file before the next line is read, and states are returned at once.
keep() {
    perl -e '
        use IO::Handle;
        STDOUT->autoflush;
        open my $rows, ">", shift;
        $rows->autoflush;
        while (<STDIN>) {
            if (/^\{"type":"RECORD"/) { print $rows $_ }
            elsif (/^\{"type":"STATE"/) { print }
        }' "$(rows)"
}

# A new file for rows; containers count their processes from 1 each, so the time has to tell them apart.
rows() {
    echo "$here/rows.$(date +%s%N)"
}

# The same up to the record ID, and not a byte further.
keep_until() {
    local line rows
    rows=$(rows)
    while IFS= read -r line; do
        case $line in
        '{"type":"RECORD"'*) echo "$line" >>"$rows" ;;
        '{"type":"STATE"'*) echo "$line" ;;
        esac
        case $line in
        *'"id":'"$1"'}'*) return ;;
        esac
    done
}
