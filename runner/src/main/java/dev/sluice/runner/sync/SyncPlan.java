package dev.sluice.runner.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.Problems;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.connection.StreamSettings.WriteMode;
import dev.sluice.runner.state.Generation;
import dev.sluice.runner.state.SyncState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What one sync will do: each stream's modes and generation, and the state it starts from. Made from what the
/// user wrote, what the source offers and what is stored; nothing has happened yet.
///
/// @param from what the source is told; streams that start over have no state in it
public record SyncPlan(List<PlannedStream> streams, SyncState from) {

    /// @param stream with the schema reduced to the selected columns
    /// @param generation of the rows this sync writes; it becomes complete when the sync says so
    /// @param continued whether rows of this generation may be there already
    /// @param leftOut columns the user does not want: they are not in the schema any more
    public record PlannedStream(
            AirbyteStream stream,
            SyncMode mode,
            WriteMode destinationMode,
            List<String> cursor,
            List<List<String>> key,
            Generation generation,
            boolean continued,
            Set<String> leftOut) {

        public StreamDescriptor descriptor() {
            return stream.descriptor();
        }

        /// Older rows are to go once the stream is whole.
        boolean replaces() {
            return generation.refresh()
                    || destinationMode == WriteMode.OVERWRITE
                    || destinationMode == WriteMode.OVERWRITE_DEDUP;
        }

        boolean deduplicates() {
            return destinationMode == WriteMode.APPEND_DEDUP || destinationMode == WriteMode.OVERWRITE_DEDUP;
        }

        private ConfiguredAirbyteStream configured(long sync) {
            // `overwrite` together with a minimum generation is understood by destinations that look at the mode
            // and by those that look at the generation. The former would drop the first part of what continues.
            DestinationSyncMode wire = switch (destinationMode) {
                case APPEND -> replaces() && !continued ? DestinationSyncMode.OVERWRITE : DestinationSyncMode.APPEND;
                case OVERWRITE -> DestinationSyncMode.OVERWRITE;
                case APPEND_DEDUP, OVERWRITE_DEDUP -> DestinationSyncMode.APPEND_DEDUP;
            };
            return new ConfiguredAirbyteStream(
                    stream, mode, cursor, wire, key, generation.id(), replaces() ? generation.id() : 0, sync);
        }
    }

    /// What a read by this program does.
    public static SyncPlan toRead(Connection connection, AirbyteCatalog catalog, SyncState from) {
        ConnectorSpecification program = ConnectorSpecification.destination(
                "", Json.mapper().createObjectNode(), List.of(DestinationSyncMode.APPEND));
        return make(connection.appending(), catalog, program, from, Map.of(), 0);
    }

    /// A plan without a refresh.
    public static SyncPlan make(
            Connection connection,
            AirbyteCatalog catalog,
            ConnectorSpecification destination,
            SyncState stored,
            Map<StreamDescriptor, Generation> generations,
            long now) {
        return make(connection, catalog, destination, stored, generations, Set.of(), now);
    }

    /// @param refresh names of streams that are to be read from the start, and whose older rows are to go then
    /// @param now seconds since 1970, see [Generation#next]
    /// @throws RunnerException with every stream and setting that does not fit
    static SyncPlan make(
            Connection connection,
            AirbyteCatalog catalog,
            ConnectorSpecification destination,
            SyncState stored,
            Map<StreamDescriptor, Generation> generations,
            Set<String> refresh,
            long now) {
        Problems problems = new Problems(connection.place());
        List<PlannedStream> planned = new ArrayList<>();
        Set<StreamDescriptor> startingOver = new TreeSet<>();
        for (var selected : select(connection, catalog, problems).entrySet()) {
            StreamChoice choice = new StreamChoice(
                    selected.getKey(), selected.getValue(), connection.defaults(), destination, problems);
            PlannedStream stream = choice.plan();
            Generation last = generations.getOrDefault(stream.descriptor(), Generation.NONE);
            boolean asked = refresh.stream().anyMatch(name -> isCalled(stream, name));
            // One that was cut short has to end as one: the state is behind rows that wait for it.
            boolean refreshing = asked || last.refresh() && !last.complete();
            boolean canContinue = stored.has(stream.descriptor());
            boolean continues = !asked
                    && (stream.mode() == SyncMode.INCREMENTAL
                            ? !refreshing || canContinue
                            // A full refresh that was cut short goes on where it was, if the source can.
                            : !last.complete()
                                    && canContinue
                                    && selected.getKey().isResumable().orElse(false)
                                    && choice.canRepeatRows(stream));
            if (!continues) {
                startingOver.add(stream.descriptor());
            }
            if (refreshing) {
                choice.requireReplacing(stream.destinationMode());
            }
            planned.add(new PlannedStream(
                    stream.stream(),
                    stream.mode(),
                    continues ? choice.whereRowsMayRepeat(stream) : stream.destinationMode(),
                    stream.cursor(),
                    stream.key(),
                    new Generation(continues ? last.id() : last.next(now).id(), false, refreshing),
                    continues,
                    stream.leftOut()));
        }
        problems.throwIfAny();
        refresh.forEach(name -> requireStream(name, planned));
        return new SyncPlan(List.copyOf(planned), without(stored, startingOver, planned, !refresh.isEmpty()));
    }

    private static boolean isCalled(PlannedStream stream, String name) {
        return stream.descriptor().toString().equals(name)
                || stream.descriptor().name().equals(name);
    }

    private static void requireStream(String name, List<PlannedStream> planned) {
        if (planned.stream().noneMatch(stream -> isCalled(stream, name))) {
            List<String> known = planned.stream()
                    .map(stream -> stream.descriptor().toString())
                    .toList();
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "sync.no_such_stream",
                    "'%s' is not a stream of this sync%s".formatted(name, Problems.suggestion(name, known)),
                    "--refresh",
                    "name one of its streams: " + String.join(", ", known));
        }
    }

    private static SyncState without(
            SyncState stored, Set<StreamDescriptor> startingOver, List<PlannedStream> planned, boolean refresh) {
        if (!(refresh && stored instanceof SyncState.Legacy)) {
            return stored.without(startingOver);
        }
        if (startingOver.size() == planned.size()) {
            return SyncState.EMPTY;
        }
        throw new RunnerException(
                FailureType.CONFIG_ERROR,
                "state.not_per_stream",
                "the stored state is one piece that only the source understands: no stream can be taken out of it",
                "--refresh",
                "refresh all streams at once");
    }

    /// The streams the user named, or all; in the order of the catalog.
    private static Map<AirbyteStream, StreamSettings> select(
            Connection connection, AirbyteCatalog catalog, Problems problems) {
        Map<AirbyteStream, StreamSettings> selected = new LinkedHashMap<>();
        if (connection.streams().isEmpty()) {
            catalog.streams().forEach(stream -> selected.put(stream, StreamSettings.DEFAULT));
            return selected;
        }
        Set<String> found = new TreeSet<>();
        for (AirbyteStream stream : catalog.streams()) {
            // The full name last: it is meant for this stream alone.
            for (String name : List.of(stream.name(), stream.descriptor().toString())) {
                if (connection.streams().containsKey(name)) {
                    selected.put(stream, connection.streams().get(name));
                    found.add(name);
                }
            }
        }
        connection.streams().forEach((name, settings) -> {
            if (!found.contains(name)) {
                List<String> known = catalog.streams().stream()
                        .map(stream -> stream.descriptor().toString())
                        .toList();
                problems.add(
                        settings.line(),
                        "streams." + name,
                        "is not a stream of %s%s".formatted(connection.source(), Problems.suggestion(name, known)));
            }
        });
        return selected;
    }

    /// What both connectors are told.
    public ConfiguredAirbyteCatalog catalog(long sync) {
        return new ConfiguredAirbyteCatalog(
                streams.stream().map(stream -> stream.configured(sync)).toList());
    }

    public Map<StreamDescriptor, Generation> generations() {
        return streams.stream()
                .collect(Collectors.toMap(
                        PlannedStream::descriptor, PlannedStream::generation, (a, _) -> a, TreeMap::new));
    }

    /// One stream's modes, keys and columns: the user's word, else the connection's, else what suits the stream.
    private record StreamChoice(
            AirbyteStream stream,
            StreamSettings settings,
            StreamSettings defaults,
            ConnectorSpecification destination,
            Problems problems) {

        PlannedStream plan() {
            List<List<String>> key =
                    stream.sourceDefinedPrimaryKey().isEmpty() ? settings.key() : stream.sourceDefinedPrimaryKey();
            List<String> cursor = cursor();
            SyncMode mode = mode(cursor);
            WriteMode write = writeMode(mode, key);
            AirbyteStream reduced = reduce(mode == SyncMode.INCREMENTAL ? cursor : List.of(), key);
            return new PlannedStream(reduced, mode, write, cursor, key, Generation.NONE, false, leftOut(reduced));
        }

        private Set<String> leftOut(AirbyteStream reduced) {
            Set<String> names = new TreeSet<>();
            stream.jsonSchema().path("properties").fieldNames().forEachRemaining(names::add);
            reduced.jsonSchema().path("properties").fieldNames().forEachRemaining(names::remove);
            return names;
        }

        private List<String> cursor() {
            if (stream.sourceDefinedCursor().orElse(false) || settings.cursor().isEmpty()) {
                return stream.defaultCursorField();
            }
            return settings.cursor();
        }

        private SyncMode mode(List<String> cursor) {
            boolean canBeIncremental = stream.supportedSyncModes().contains(SyncMode.INCREMENTAL)
                    && (!cursor.isEmpty() || stream.sourceDefinedCursor().orElse(false));
            if (settings.mode().equals(Optional.of(SyncMode.INCREMENTAL)) && !canBeIncremental) {
                add(
                        "mode",
                        stream.supportedSyncModes().contains(SyncMode.INCREMENTAL)
                                ? "is incremental, which needs a `cursor:` for this stream"
                                : "is incremental, but the source can only read this stream whole (full_refresh)");
            }
            // The mode of the whole connection is for the streams that can.
            return settings.mode()
                    .or(() -> defaults.mode().filter(m -> m == SyncMode.FULL_REFRESH || canBeIncremental))
                    .orElse(canBeIncremental ? SyncMode.INCREMENTAL : SyncMode.FULL_REFRESH);
        }

        private boolean canDedup(List<List<String>> key) {
            return !key.isEmpty()
                    && destination.supportedDestinationSyncModes().contains(DestinationSyncMode.APPEND_DEDUP);
        }

        /// A full refresh that was cut short goes on behind the last state that is stored. The
        /// destination commits rows before it returns their state, so it may have more than that,
        /// and these come again: the key makes them one. A table that is replaced and has no key
        /// must start over, or it would hold some rows twice.
        boolean canRepeatRows(PlannedStream stream) {
            return stream.destinationMode() != WriteMode.OVERWRITE || canDedup(stream.key());
        }

        /// Of a stream that continues, so that [#canRepeatRows] of it holds.
        WriteMode whereRowsMayRepeat(PlannedStream continued) {
            return continued.destinationMode() == WriteMode.OVERWRITE && continued.mode() == SyncMode.FULL_REFRESH
                    ? WriteMode.OVERWRITE_DEDUP
                    : continued.destinationMode();
        }

        private WriteMode writeMode(SyncMode mode, List<List<String>> key) {
            List<DestinationSyncMode> can = destination.supportedDestinationSyncModes();
            boolean canDedup = canDedup(key);
            // One that does not say can overwrite too: it has always been there.
            boolean canOverwrite = can.isEmpty() || can.contains(DestinationSyncMode.OVERWRITE);
            Optional<WriteMode> wanted = settings.destinationMode().or(defaults::destinationMode);
            if (wanted.isEmpty()) {
                if (mode == SyncMode.FULL_REFRESH) {
                    return canOverwrite ? WriteMode.OVERWRITE : WriteMode.APPEND;
                }
                return canDedup ? WriteMode.APPEND_DEDUP : WriteMode.APPEND;
            }
            boolean dedup = wanted.get() == WriteMode.APPEND_DEDUP || wanted.get() == WriteMode.OVERWRITE_DEDUP;
            boolean replaces = wanted.get() == WriteMode.OVERWRITE || wanted.get() == WriteMode.OVERWRITE_DEDUP;
            if (dedup && key.isEmpty()) {
                add("destination_mode", "removes duplicates, which needs a `key:` for this stream");
            } else if (dedup && !canDedup) {
                add("destination_mode", "removes duplicates, which this destination cannot");
            } else if (replaces && !canOverwrite) {
                add("destination_mode", "replaces what is there, which this destination cannot");
            }
            if (replaces && mode == SyncMode.INCREMENTAL) {
                add(
                        "destination_mode",
                        "would replace all rows by the new ones alone; use append or append_dedup,"
                                + " or `mode: full_refresh`");
            }
            return wanted.get();
        }

        void requireReplacing(WriteMode mode) {
            List<DestinationSyncMode> can = destination.supportedDestinationSyncModes();
            if (mode == WriteMode.APPEND && !can.isEmpty() && !can.contains(DestinationSyncMode.OVERWRITE)) {
                problems.add(
                        settings.line(),
                        "streams." + stream.descriptor(),
                        "cannot be refreshed: this destination cannot replace what is there");
            }
        }

        /// The stream with the selected columns only; itself when none was left out.
        private AirbyteStream reduce(List<String> cursor, List<List<String>> key) {
            if (settings.fields().isEmpty()
                    || !(stream.jsonSchema().get("properties") instanceof ObjectNode properties)) {
                return stream;
            }
            List<String> known = new ArrayList<>();
            properties.fieldNames().forEachRemaining(known::add);
            for (String field : settings.fields()) {
                if (!properties.has(field)) {
                    add("fields", "'%s' is not a column%s".formatted(field, Problems.suggestion(field, known)));
                }
            }
            Set<String> needed = new TreeSet<>();
            key.forEach(path -> needed.add(path.getFirst()));
            if (!cursor.isEmpty()) {
                needed.add(cursor.getFirst());
            }
            needed.removeAll(settings.fields());
            if (!needed.isEmpty()) {
                add("fields", "must keep the key and the cursor; add " + String.join(", ", needed));
            }
            ObjectNode schema = stream.jsonSchema().deepCopy();
            ((ObjectNode) schema.get("properties")).retain(settings.fields());
            return new AirbyteStream(
                    stream.name(),
                    stream.namespace(),
                    schema,
                    stream.supportedSyncModes(),
                    stream.sourceDefinedCursor(),
                    stream.defaultCursorField(),
                    stream.sourceDefinedPrimaryKey(),
                    stream.isResumable(),
                    stream.isFileBased());
        }

        private void add(String setting, String problem) {
            problems.add(settings.line(), "streams.%s.%s".formatted(stream.descriptor(), setting), problem);
        }
    }
}
