package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// How far a stream has been read, and which of the youngest rows are already out.
///
/// As state: `{"indexed_on": "2016-11-29T14:50:43.100000", "seen": {id: indexed_on}, "xmlns": "http://…"}`. The
/// first is all that Airbyte's connector writes and reads. The API answers with everything from that moment on, so
/// without `seen` the last row would come again with every sync. `xmlns` says which form it was: names can move
/// from one form to another, and the cursor of one would hide rows of the other.
final class Cursor {
    /// A state is stored again and again; with more rows than this in its last moments, some come twice instead.
    private static final int MAX_SEEN = 1_000;

    private final Instant first;
    private final Duration lookback;
    private final Optional<String> xmlns;
    private final Map<String, Instant> seen = new HashMap<>();
    private Instant last;

    private Cursor(Instant first, Duration lookback, Optional<String> xmlns) {
        this.first = first;
        this.last = first;
        this.lookback = lookback;
        this.xmlns = xmlns;
    }

    /// @param xmlns of the form; empty for cases
    static Cursor startingAt(Instant startDate, Duration lookback, Optional<String> xmlns) {
        return new Cursor(startDate, lookback, xmlns);
    }

    /// Whether the state was left by another form.
    static boolean isOfAnother(JsonNode state, String xmlns) {
        return !state.path("xmlns").asText(xmlns).equals(xmlns);
    }

    /// @param state of any version of this connector or of Airbyte's; one without a time starts at `startDate`
    static Cursor resuming(JsonNode state, Instant startDate, Duration lookback, Optional<String> xmlns) {
        JsonNode indexedOn = state.path("indexed_on");
        if (indexedOn.isMissingNode() || indexedOn.isNull()) {
            return startingAt(startDate, lookback, xmlns);
        }
        Cursor cursor = new Cursor(
                IndexedOn.parse(indexedOn.asText())
                        .orElseThrow(() -> ConnectorException.config(
                                "the state holds '%s', which is no time; reset the stream to read it from the start date"
                                        .formatted(indexedOn.asText()))),
                lookback,
                xmlns);
        for (var row : state.path("seen").properties()) {
            IndexedOn.parse(row.getValue().asText()).ifPresent(at -> cursor.seen.put(row.getKey(), at));
        }
        return cursor;
    }

    /// Where to begin asking.
    Instant start() {
        return moment(last);
    }

    boolean isNew(String id, Instant indexedOn) {
        return !indexedOn.equals(seen.get(id));
    }

    void emitted(String id, Instant indexedOn) {
        seen.put(id, indexedOn);
        if (indexedOn.isAfter(last)) {
            last = indexedOn;
        }
    }

    /// The state after the rows so far.
    ObjectNode state(Instant now) {
        Instant settled = now.minus(lookback).truncatedTo(ChronoUnit.MICROS);
        Instant resume = last.isBefore(settled) ? last : settled.isBefore(first) ? first : settled;
        seen.values().removeIf(at -> at.isBefore(moment(resume)));
        ObjectNode state = Json.mapper().createObjectNode().put("indexed_on", IndexedOn.naive(resume));
        if (!seen.isEmpty() && seen.size() <= MAX_SEEN) {
            ObjectNode rows = state.putObject("seen");
            seen.forEach((id, at) -> rows.put(id, IndexedOn.naive(at)));
        }
        xmlns.ifPresent(form -> state.put("xmlns", form));
        return state;
    }

    /// The search index behind the API compares and sorts by the millisecond, although times have microseconds:
    /// within one, a row may come before an older one.
    static Instant moment(Instant indexedOn) {
        return indexedOn.truncatedTo(ChronoUnit.MILLIS);
    }
}
