package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.source.commcare.CommcareClient.Page;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Reads the rows of `form` or `case` that were indexed since the cursor, each once, oldest first.
///
/// Pages are asked for by time, not by number: each begins at the last moment of the one before, and the rows of
/// that moment that are already out are dropped. So it does not matter that a row that changes meanwhile moves to
/// the end and pulls the ones behind it forward. Only where more rows than a page holds were indexed within one
/// millisecond are they counted through by offset, until as many are there as CommCare says there are.
final class IndexedReader {
    /// Rows of one moment come in another order each time: the chance that one is missed each time is nil by then.
    private static final int MAX_ROUNDS = 50;

    private final CommcareClient client;
    private final String resource;
    private final int limit;
    private final Map<String, String> filter;
    private final Cursor cursor;
    private final StreamEmitter rows;
    private final RowBody body;

    /// Turns a row into a record and emits it, or not.
    interface RowBody {
        void emit(String id, Instant indexedOn, ObjectNode row) throws InterruptedException;
    }

    /// @param limit rows of a page; CommCare gives less when it is above its own limit
    IndexedReader(
            CommcareClient client,
            String resource,
            int limit,
            Map<String, String> filter,
            Cursor cursor,
            StreamEmitter rows,
            RowBody body) {
        this.client = client;
        this.resource = resource;
        this.limit = limit;
        this.filter = filter;
        this.cursor = cursor;
        this.rows = rows;
        this.body = body;
    }

    void read() throws InterruptedException {
        Instant from = cursor.start();
        boolean more = true;
        while (more) {
            Page page = ask(Map.of("indexed_on_start", IndexedOn.naive(from)), 0);
            Instant last = from;
            for (ObjectNode row : page.rows()) {
                Instant at = emit(row);
                if (at.isBefore(from.minusSeconds(1))) {
                    // Asking on would never end.
                    throw ConnectorException.system(
                            "CommCare HQ was asked for %ss since %s and sent one of %s; whatever answers at `base_url` does not filter by indexed_on"
                                    .formatted(resource, IndexedOn.naive(from), IndexedOn.naive(at)),
                            null);
                }
                last = at.isAfter(last) ? at : last;
            }
            checkpoint();
            more = page.more();
            if (more && !Cursor.moment(last).isAfter(from)) {
                readMoment(from);
                from = from.plus(1, ChronoUnit.MILLIS);
            } else {
                from = Cursor.moment(last);
            }
        }
    }

    private void readMoment(Instant moment) throws InterruptedException {
        Map<String, String> between = Map.of(
                "indexed_on_start", IndexedOn.naive(moment),
                "indexed_on_end", IndexedOn.naive(moment.plus(999, ChronoUnit.MICROS)));
        Set<String> ids = new HashSet<>();
        for (int round = 1; round <= MAX_ROUNDS; round++) {
            Page page;
            int offset = 0;
            do {
                page = ask(between, offset);
                for (ObjectNode row : page.rows()) {
                    emit(row);
                    ids.add(row.path("id").asText());
                }
                offset += page.rows().size();
            } while (page.more());
            checkpoint();
            if (ids.size() >= page.total()) {
                return;
            }
        }
        throw ConnectorException.temporary(
                "CommCare HQ says there are more rows indexed at %s than the %,d it gave in %d rounds; set `page_size` to its maximum, or try again later"
                        .formatted(IndexedOn.naive(moment), ids.size(), MAX_ROUNDS));
    }

    private Page ask(Map<String, String> times, int offset) throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("format", "json");
        query.putAll(filter);
        query.putAll(times);
        query.put("order_by", "indexed_on");
        query.put("limit", Integer.toString(limit));
        if (offset > 0) {
            query.put("offset", Integer.toString(offset));
        }
        return client.page(resource, query, this::waiting);
    }

    private void waiting(Instant until, String problem, boolean throttled) {
        rows.warn("CommCare HQ is asked again at %s: %s".formatted(until, problem));
        if (throttled) {
            rows.rateLimitedUntil(until);
        }
    }

    /// The time of the row, also when it was emitted before.
    private Instant emit(ObjectNode row) throws InterruptedException {
        String id = row.path("id").asText("");
        String text = row.path("indexed_on").asText("");
        Instant indexedOn = IndexedOn.parse(text)
                .orElseThrow(() -> ConnectorException.system(
                        "CommCare HQ sent %s '%s' with the time of indexing '%s', which is no time; without it no later sync can go on"
                                .formatted(resource, id, text),
                        null));
        if (cursor.isNew(id, indexedOn)) {
            body.emit(id, indexedOn, row);
            cursor.emitted(id, indexedOn);
        }
        return indexedOn;
    }

    private void checkpoint() {
        rows.state(cursor.state(Instant.now()));
    }
}
