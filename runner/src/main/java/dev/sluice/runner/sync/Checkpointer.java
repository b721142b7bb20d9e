package dev.sluice.runner.sync;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStateStats;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.SyncState;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Stores a state once the destination has returned it, which is its promise that every record sent before that
/// state is durable.
///
/// `sent` is called by the thread that reads the source, everything else by the one that reads the destination.
final class Checkpointer {
    /// A state on its way. A destination may return states at its end only: of what it says, and it may say much, no
    /// more is kept than it takes to know it again.
    ///
    /// @param hash of what it says
    /// @param records that it covers since the state of its scope before, where there are any
    private record Sent(long id, byte[] hash, Map<StreamProgress, Long> records) {}

    /// What a state speaks for. Two streams may read the same: `a.b` may have a namespace or a point.
    private record Scope(Optional<StreamDescriptor> stream, String words) {
        static Scope of(AirbyteStateMessage state) {
            return switch (state) {
                case AirbyteStateMessage.Stream one -> {
                    StreamDescriptor stream = one.stream().streamDescriptor();
                    yield new Scope(Optional.of(stream), "the stream " + stream);
                }
                case AirbyteStateMessage.Global _ -> new Scope(Optional.empty(), "all streams");
                case AirbyteStateMessage.Legacy _ -> new Scope(Optional.empty(), "the whole source");
            };
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private final ConnectionState store;
    private final Map<StreamDescriptor, StreamProgress> streams;
    private final Set<String> warnings = new LinkedHashSet<>();
    private final List<String> miscounts = new ArrayList<>();
    private final Set<String> miscounted = new HashSet<>();

    /// By scope, each in the order it was sent.
    private final Map<Scope, Deque<Sent>> underway = new HashMap<>();

    private final Map<Scope, Long> lastReturned = new HashMap<>();
    private SyncState current;
    private long lastId;
    private boolean unsaved;
    private long checkpoints;

    /// When a save failed that none has made up for.
    private Optional<Long> failingSince = Optional.empty();

    Checkpointer(ConnectionState store, SyncState from, Map<StreamDescriptor, StreamProgress> streams) {
        this.store = store;
        this.current = from;
        this.streams = streams;
    }

    /// Notes a state that is about to go to the destination, and prepares it: it gets a mark, by which it is known
    /// when it returns, and the count of its records when the source has not counted them.
    ///
    /// @param json the message
    synchronized void sent(AirbyteStateMessage state, ObjectNode json) {
        Map<StreamProgress, Long> records = new HashMap<>();
        long total = 0;
        for (StreamProgress stream : scopeOf(state)) {
            long count = stream.takeCountForState();
            if (count > 0) {
                records.put(stream, count);
            }
            total += count;
        }
        ObjectNode inner = (ObjectNode) json.get("state");
        Scope scope = Scope.of(state);
        Optional<BigDecimal> claimed = state.sourceStats().flatMap(AirbyteStateStats::recordCount);
        if (claimed.isEmpty()) {
            ObjectNode stats =
                    inner.get("sourceStats") instanceof ObjectNode given ? given : inner.putObject("sourceStats");
            stats.put("recordCount", (double) total);
        } else if (claimed.get().compareTo(BigDecimal.valueOf(total)) != 0) {
            miscounted("the source", claimed.get().toPlainString(), total, scope);
        }
        lastId++;
        inner.put("id", lastId);
        underway.computeIfAbsent(scope, _ -> new ArrayDeque<>())
                .addLast(new Sent(lastId, hash(inner), Map.copyOf(records)));
    }

    /// Takes a state the destination has returned. It is stored by the next [#save], at the latest before the
    /// sync ends.
    synchronized void returned(AirbyteStateMessage state, ObjectNode json) {
        ObjectNode inner = (ObjectNode) json.get("state");
        Scope scope = Scope.of(state);
        long id = inner.path("id").asLong(0);
        if (id > 0 && id <= lastReturned.getOrDefault(scope, 0L)) {
            // Invariant 2: a state never replaces a newer one of its scope.
            warnings.add(
                    "the destination returned a state of %s again, or late; the newer one stands".formatted(scope));
            return;
        }
        Optional<Sent> sent = match(id, inner, scope);
        if (sent.isPresent()) {
            commit(sent.get(), scope, state);
        } else if (scopeOf(state).isEmpty()) {
            warnings.add("the destination returned a state of %s, which is not part of this sync; it was not stored"
                    .formatted(scope));
            return;
        } else {
            warnings.add(("the destination returned a state of %s that was never sent to it; it was stored, because"
                            + " the destination vouches for it, but the committed counts are not reliable")
                    .formatted(scope));
        }
        current = current.with(state, json); // Invariant 1: never before the destination returned it.
        unsaved = true;
    }

    /// Stores what has been returned so far, durably. What could not be stored is stored by the next call, together
    /// with what has come since.
    void save() {
        SyncState now;
        synchronized (this) {
            if (!unsaved) {
                return;
            }
            now = current;
            unsaved = false;
        }
        try {
            store.save(now);
        } catch (RunnerException e) {
            synchronized (this) {
                unsaved = true;
            }
            throw e;
        }
        checkpoints++;
        failingSince = Optional.empty();
    }

    /// The same in the middle of a sync: a store that is away for a moment is no reason to end it.
    ///
    /// @param patience how long it may be away
    /// @param log hears that it is
    void saveInPassing(Duration patience, Consumer<String> log) {
        try {
            save();
        } catch (RunnerException e) {
            long now = System.nanoTime();
            long since = failingSince.orElse(now);
            if (!e.code().equals("state.unavailable") || now - since > patience.toNanos()) {
                throw e;
            }
            failingSince = Optional.of(since);
            log.accept("a state could not be stored, the next one will be stored for both: " + e.getMessage());
        }
    }

    long checkpoints() {
        return checkpoints;
    }

    /// Counts of either side that do not fit what went through.
    synchronized List<String> miscounts() {
        return List.copyOf(miscounts);
    }

    synchronized List<String> warnings() {
        return new ArrayList<>(warnings);
    }

    /// States that were sent and never came back.
    synchronized int underway() {
        return underway.values().stream().mapToInt(Deque::size).sum();
    }

    /// By its mark; destinations built with older kits drop unknown properties, then by what it says: the
    /// oldest of the scope with this content.
    private Optional<Sent> match(long id, ObjectNode returned, Scope scope) {
        byte[] hash = id > 0 ? null : hash(returned);
        return underway.getOrDefault(scope, new ArrayDeque<>()).stream()
                .filter(sent -> id > 0 ? sent.id() == id : Arrays.equals(sent.hash(), hash))
                .findFirst();
    }

    /// A returned state vouches for every earlier one of its scope too.
    private void commit(Sent returned, Scope scope, AirbyteStateMessage state) {
        Map<StreamProgress, Long> records = new HashMap<>();
        Deque<Sent> ofScope = underway.get(scope);
        while (!ofScope.isEmpty() && ofScope.getFirst().id() <= returned.id()) {
            ofScope.removeFirst().records().forEach((stream, count) -> records.merge(stream, count, Long::sum));
        }
        long sent = 0;
        for (StreamProgress stream : scopeOf(state)) {
            long count = records.getOrDefault(stream, 0L);
            stream.committed(count);
            sent += count;
        }
        lastReturned.put(scope, returned.id());
        Optional<AirbyteStateStats> stats = state.destinationStats();
        Optional<BigDecimal> stored = stats.flatMap(AirbyteStateStats::recordCount);
        BigDecimal rejected =
                stats.flatMap(AirbyteStateStats::rejectedRecordCount).orElse(BigDecimal.ZERO);
        if (stored.isPresent() && stored.get().add(rejected).compareTo(BigDecimal.valueOf(sent)) != 0) {
            miscounted("the destination", stored.get().add(rejected).toPlainString(), sent, scope);
        }
    }

    /// Once per side and scope: after the first, all that follow are off too.
    private void miscounted(String side, String claimed, long counted, Scope scope) {
        if (miscounted.add(side + scope)) {
            miscounts.add("%s counted %s records for a state of %s, but %,d went through"
                    .formatted(side, claimed, scope, counted));
        }
    }

    /// The streams a state speaks for.
    List<StreamProgress> scopeOf(AirbyteStateMessage state) {
        return switch (state) {
            case AirbyteStateMessage.Stream one ->
                Optional.ofNullable(streams.get(one.stream().streamDescriptor())).stream()
                        .toList();
            case AirbyteStateMessage.Global _, AirbyteStateMessage.Legacy _ -> List.copyOf(streams.values());
        };
    }

    /// Of what the state says: the same for what is equal as JSON, in whichever order its properties stand and with
    /// however many zeros at the end of a fraction.
    private static byte[] hash(ObjectNode state) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            OutputStream bytes = new DigestOutputStream(OutputStream.nullOutputStream(), sha);
            try (JsonGenerator json = new JsonGeneratorDelegate(Json.mapper().createGenerator(bytes)) {
                @Override
                public void writeNumber(BigDecimal number) throws IOException {
                    super.writeNumber(number.stripTrailingZeros());
                }
            }) {
                Json.mapper()
                        .writer()
                        .with(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
                        .writeValue(json, content(state));
            }
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        } catch (IOException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /// What the state says, without what is added on the way.
    private static JsonNode content(ObjectNode state) {
        for (String property : List.of("stream", "global", "data")) {
            if (state.hasNonNull(property)) {
                return state.get(property);
            }
        }
        return state;
    }
}
