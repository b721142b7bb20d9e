package dev.sluice.runner.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.SyncState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Stores a state once the destination has returned it, which is its promise that every record sent before that
/// state is durable.
///
/// `sent` is called by the thread that reads the source, everything else by the one that reads the destination.
final class Checkpointer {
    /// A state on its way: what it covers, since the state of its scope before.
    private record Sent(long id, String scope, JsonNode content, Map<StreamProgress, Long> records) {}

    private final ConnectionState store;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Deque<Sent> underway = new ArrayDeque<>();
    private SyncState current;
    private long lastId;
    private boolean unsaved;
    private long checkpoints;

    Checkpointer(ConnectionState store, SyncState from) {
        this.store = store;
        this.current = from;
    }

    /// Notes a state that is about to go to the destination, and marks it so that it is known when it returns.
    ///
    /// @param json the message; gets an `id`
    /// @param records what the runner counted for each stream of its scope since the scope's previous state
    synchronized void sent(AirbyteStateMessage state, ObjectNode json, Map<StreamProgress, Long> records) {
        lastId++;
        ObjectNode inner = (ObjectNode) json.get("state");
        JsonNode content = content(inner);
        inner.put("id", lastId);
        underway.addLast(new Sent(lastId, scope(state), content, new HashMap<>(records)));
    }

    /// Takes a state the destination has returned. It is stored by the next [#save], at the latest before the
    /// sync ends.
    synchronized void returned(AirbyteStateMessage state, ObjectNode json) {
        ObjectNode inner = (ObjectNode) json.get("state");
        Sent sent = match(inner, scope(state));
        if (sent == null) {
            warnings.add("the destination returned a state that was never sent to it; it was stored, because the"
                    + " destination vouches for it, but the committed counts are not reliable");
        } else {
            commit(sent, state);
        }
        current = current.with(state, json); // Invariant 1: never before the destination returned it.
        unsaved = true;
    }

    /// Stores what has been returned so far, durably.
    void save() {
        SyncState now;
        synchronized (this) {
            if (!unsaved) {
                return;
            }
            now = current;
            unsaved = false;
        }
        store.save(now);
        checkpoints++;
    }

    long checkpoints() {
        return checkpoints;
    }

    synchronized List<String> warnings() {
        return new ArrayList<>(warnings);
    }

    /// States that were sent and never came back.
    synchronized int underway() {
        return underway.size();
    }

    /// By its mark; destinations built with older kits drop unknown properties, then by what it says: the
    /// oldest of the scope with this content.
    private Sent match(ObjectNode returned, String scope) {
        long id = returned.path("id").asLong(0);
        JsonNode content = content(returned);
        for (Sent sent : underway) {
            if (id > 0
                    ? sent.id() == id
                    : sent.scope().equals(scope) && sent.content().equals(content)) {
                return sent;
            }
        }
        return null;
    }

    /// A returned state vouches for every earlier one of its scope too.
    private void commit(Sent returned, AirbyteStateMessage state) {
        long expected = 0;
        for (Iterator<Sent> i = underway.iterator(); i.hasNext(); ) {
            Sent sent = i.next();
            if (sent.id() <= returned.id() && sent.scope().equals(returned.scope())) {
                for (var entry : sent.records().entrySet()) {
                    entry.getKey().committed(entry.getValue());
                    expected += entry.getValue();
                }
                i.remove();
            }
        }
        long counted = expected;
        state.destinationStats()
                .ifPresent(stats -> stats.recordCount().ifPresent(stored -> {
                    long rejected =
                            stats.rejectedRecordCount().map(Number::longValue).orElse(0L);
                    if (stored.longValue() + rejected != counted) {
                        warnings.add("the destination counted %,d records for a state of %s, but %,d were sent to it"
                                .formatted(stored.longValue() + rejected, returned.scope(), counted));
                    }
                }));
    }

    private static String scope(AirbyteStateMessage state) {
        return switch (state) {
            case AirbyteStateMessage.Stream one -> "stream " + one.stream().streamDescriptor();
            case AirbyteStateMessage.Global _ -> "all streams";
            case AirbyteStateMessage.Legacy _ -> "the whole source";
        };
    }

    /// What the state says, without what is added on the way.
    private static JsonNode content(ObjectNode state) {
        for (String property : List.of("stream", "global", "data")) {
            if (state.hasNonNull(property)) {
                return state.get(property).deepCopy();
            }
        }
        return state;
    }

    /// The scopes' streams, for a state of this kind.
    static List<StreamProgress> scopeOf(AirbyteStateMessage state, Map<StreamDescriptor, StreamProgress> streams) {
        return switch (state) {
            case AirbyteStateMessage.Stream one -> {
                StreamProgress stream = streams.get(one.stream().streamDescriptor());
                yield stream == null ? List.of() : List.of(stream);
            }
            case AirbyteStateMessage.Global _, AirbyteStateMessage.Legacy _ -> List.copyOf(streams.values());
        };
    }
}
