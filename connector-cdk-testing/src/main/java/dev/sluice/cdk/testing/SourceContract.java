package dev.sluice.cdk.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import dev.sluice.cdk.Source;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.AirbyteStreamState;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What every source keeps to. A test class of the source implements it:
///
/// ```java
/// class SourceClockContractTest implements SourceContract {
///     public Source<?> source() { return new SourceClock(); }
///     public String workingConfig() { return "{\"zone\": \"Europe/Paris\"}"; }
///     public Map<String, String> brokenConfigs() { return Map.of("{\"zone\": \"Mars\"}", "'Mars' is not a zone"); }
///     public List<String> streams() { return List.of("hours", "days"); }
/// }
/// ```
///
/// The system behind the working configuration should hold still during the tests, and hold a few rows for
/// every stream: enough for several states, few enough to be read some thirty times.
public interface SourceContract extends ConnectorContract {
    Source<?> source();

    /// The streams that must be found with the working configuration, as [StreamDescriptor#toString] writes
    /// them: `orders`, or `public.orders`.
    List<String> streams();

    /// Those of the streams that have no rows.
    default List<String> emptyStreams() {
        return List.of();
    }

    /// How a stream is read in these tests: incrementally if it can be, by the cursor the source proposes. For
    /// a source that leaves the choice of the cursor to the user this makes the choice.
    default ConfiguredAirbyteStream configured(AirbyteStream stream) {
        return new ConfiguredAirbyteStream(
                stream,
                stream.supportedSyncModes().contains(SyncMode.INCREMENTAL)
                        ? SyncMode.INCREMENTAL
                        : SyncMode.FULL_REFRESH,
                stream.defaultCursorField(),
                DestinationSyncMode.APPEND,
                stream.sourceDefinedPrimaryKey(),
                1,
                0,
                1);
    }

    @Override
    default ConnectorHarness harness() {
        return ConnectorHarness.of(source());
    }

    @Override
    default List<Transcript> talk(ObjectNode config) {
        Transcript discovery = harness().discover(config);
        List<Transcript> all = new ArrayList<>(List.of(harness().check(config), discovery));
        if (discovery.exitCode() == 0) {
            all.add(harness().read(config, catalog(), List.of()));
        }
        return all;
    }

    @Test
    default void discoversStreamsThatCanBeConfigured() {
        Transcript discovery = harness().discover(config()).succeeded();

        List<AirbyteStream> found = discovery.answer(AirbyteCatalog.class).streams();
        assertThat(found.stream().map(stream -> stream.descriptor().toString()))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(streams());
        for (AirbyteStream stream : found) {
            JsonNode schema = stream.jsonSchema();
            assertThat(Schemas.againstDraft7(schema))
                    .as("schema of %s", stream.name())
                    .isEmpty();
            assertThat(schema.findValues("$ref"))
                    .as("$ref in %s", stream.name())
                    .isEmpty();
            assertThat(schema.findValues("allOf"))
                    .as("allOf in %s", stream.name())
                    .isEmpty();
            assertThat(schema.findValues("not")).as("not in %s", stream.name()).isEmpty();
            if (!stream.defaultCursorField().isEmpty()) {
                assertScalar(stream, stream.defaultCursorField());
            }
            for (List<String> path : stream.sourceDefinedPrimaryKey()) {
                assertScalar(stream, path);
            }
        }
        ConnectorContract.assertProtocol(discovery);
    }

    @Test
    default void readsEveryStreamFromStartToCompletion() {
        ConfiguredAirbyteCatalog catalog = catalog();

        Transcript read = read(catalog, List.of());

        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            boolean isEmpty = read.records(stream.descriptor()).isEmpty();
            assertThat(isEmpty)
                    .as("%s has no rows", stream.descriptor())
                    .isEqualTo(emptyStreams().contains(stream.descriptor().toString()));
            assertThat(withoutRepeats(read.statuses(stream.descriptor())))
                    .as("statuses of %s", stream.descriptor())
                    .isEqualTo(
                            isEmpty
                                    ? List.of(AirbyteStreamStatus.STARTED, AirbyteStreamStatus.COMPLETE)
                                    : List.of(
                                            AirbyteStreamStatus.STARTED,
                                            AirbyteStreamStatus.RUNNING,
                                            AirbyteStreamStatus.COMPLETE));
        }
        assertThat(read.messages(AirbyteRecordMessage.class).stream().map(AirbyteRecordMessage::descriptor))
                .as("streams of the records")
                .allMatch(descriptor -> catalog.streams().stream()
                        .anyMatch(stream -> stream.descriptor().equals(descriptor)));
        ConnectorContract.assertProtocol(read);
    }

    @Test
    default void readsRowsThatFitTheirSchemaAndCarryTheirKey() {
        ConfiguredAirbyteCatalog catalog = catalog();

        Transcript read = read(catalog, List.of());

        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            Schema schema = Schemas.compiled(stream.stream().jsonSchema());
            for (AirbyteRecordMessage record : read.records(stream.descriptor())) {
                assertThat(Schemas.problems(schema, record.data().toString()))
                        .as("%s: %s", stream.descriptor(), record.data())
                        .isEmpty();
                for (List<String> path : stream.primaryKey()) {
                    JsonNode key = at(record.data(), path);
                    assertThat(key.isValueNode() && !key.isNull())
                            .as("%s has the key %s: %s", stream.descriptor(), path, record.data())
                            .isTrue();
                }
            }
        }
    }

    @Test
    default void readsNoKeyTwiceInOneGo() {
        ConfiguredAirbyteCatalog catalog = catalog();

        Transcript read = read(catalog, List.of());

        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            if (!stream.primaryKey().isEmpty()) {
                assertThat(read.records(stream.descriptor()).stream().map(record -> key(stream, record)))
                        .as("keys of %s", stream.descriptor())
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    default void readsTheSameRowsEachTime() {
        ConfiguredAirbyteCatalog catalog = fullRefresh(catalog());

        assertThat(keys(catalog, read(catalog, List.of()).messages()))
                .isEqualTo(keys(catalog, read(catalog, List.of()).messages()));
    }

    @Test
    default void countsInEachStateTheRowsSinceTheOneBefore() {
        ConfiguredAirbyteCatalog catalog = catalog();
        Transcript read = read(catalog, List.of());

        Map<StreamDescriptor, Long> rows = new HashMap<>();
        Set<StreamDescriptor> withState = new HashSet<>();
        for (AirbyteMessage message : read.messages()) {
            if (message instanceof AirbyteRecordMessage record) {
                rows.merge(record.descriptor(), 1L, Long::sum);
            } else if (message instanceof AirbyteStateMessage state) {
                List<StreamDescriptor> scope = scope(state, catalog);
                withState.addAll(scope);
                BigDecimal counted = scope.stream()
                        .map(stream ->
                                rows.containsKey(stream) ? BigDecimal.valueOf(rows.remove(stream)) : BigDecimal.ZERO)
                        .reduce(BigDecimal.ZERO, BigDecimal::add);
                assertThat(state.sourceStats().flatMap(stats -> stats.recordCount()))
                        .as("recordCount in %s", state)
                        .hasValueSatisfying(count -> assertThat(count).isEqualByComparingTo(counted));
            }
        }
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            if (stream.syncMode() == SyncMode.INCREMENTAL) {
                assertThat(withState).as("streams with a state").contains(stream.descriptor());
                assertThat(rows).as("rows after the last state").doesNotContainKey(stream.descriptor());
            }
        }
    }

    @Test
    default void losesNoRowWhereverItResumes() {
        ConfiguredAirbyteCatalog catalog = catalog();
        List<AirbyteMessage> whole = read(catalog, List.of()).messages();
        Map<StreamDescriptor, Set<String>> expected = keys(catalog, whole);

        for (int at : sampledStates(whole)) {
            Map<StreamDescriptor, Set<String>> reached = keys(catalog, covered(whole, at, catalog));
            List<AirbyteStateMessage> states = accumulated(whole, at);

            keys(catalog, read(catalog, states).messages())
                    .forEach((stream, keys) -> reached.get(stream).addAll(keys));

            assertThat(reached).as("before and after resuming from %s", states).isEqualTo(expected);
        }
    }

    @Test
    default void readsNothingOlderThanItsCursorWhenItResumesFromTheEnd() {
        ConfiguredAirbyteCatalog catalog = catalog();
        List<AirbyteMessage> whole = read(catalog, List.of()).messages();

        List<AirbyteMessage> resumed =
                read(catalog, accumulated(whole, whole.size())).messages();

        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            List<JsonNode> before = cursors(stream, whole);
            if (stream.syncMode() == SyncMode.INCREMENTAL && !before.isEmpty()) {
                JsonNode newest = Values.greatest(before);
                assertThat(cursors(stream, resumed))
                        .as("cursors of %s, read again from %s", stream.descriptor(), newest)
                        .allMatch(cursor -> Values.compare(cursor, newest) >= 0);
            }
        }
    }

    @Test
    default void refusesAStreamItDoesNotHave() {
        List<ConfiguredAirbyteStream> streams = new ArrayList<>(catalog().streams());
        AirbyteStream unknown = AirbyteStream.fullRefresh(
                "no such stream",
                Json.mapper()
                        .createObjectNode()
                        .put("type", "object")
                        .set("properties", Json.mapper().createObjectNode()),
                List.of());
        streams.add(new ConfiguredAirbyteStream(
                unknown, SyncMode.FULL_REFRESH, List.of(), DestinationSyncMode.APPEND, List.of(), 1, 0, 1));

        Transcript read = harness().read(config(), new ConfiguredAirbyteCatalog(streams), List.of());

        assertThat(read.exitCode()).isEqualTo(1);
        assertThat(read.errors())
                .anySatisfy(error -> assertThat(error.message()).contains("no such stream"));
        assertThat(read.statuses(unknown.descriptor())).doesNotContain(AirbyteStreamStatus.COMPLETE);
    }

    @Test
    default void stopsWhenItIsInterrupted() {
        Transcript read = harness().interruptedAt(SourceContract::isRunning).read(config(), catalog(), List.of());

        assertThat(read.exitCode()).isEqualTo(143);
        ConnectorContract.assertProtocol(read);
    }

    @Test
    default void stopsWhenNobodyHearsIt() {
        Transcript read = harness().unheardAfter(SourceContract::isRunning).read(config(), catalog(), List.of());

        assertThat(read.exitCode()).isNotZero();
    }

    private static boolean isRunning(String line) {
        return line.contains("\"RUNNING\"");
    }

    private ObjectNode config() {
        return ConnectorContract.json(workingConfig());
    }

    /// Every stream the source has.
    private ConfiguredAirbyteCatalog catalog() {
        return new ConfiguredAirbyteCatalog(
                harness().discover(config()).succeeded().answer(AirbyteCatalog.class).streams().stream()
                        .map(this::configured)
                        .toList());
    }

    private static ConfiguredAirbyteCatalog fullRefresh(ConfiguredAirbyteCatalog catalog) {
        return new ConfiguredAirbyteCatalog(catalog.streams().stream()
                .map(stream -> new ConfiguredAirbyteStream(
                        stream.stream(),
                        SyncMode.FULL_REFRESH,
                        List.of(),
                        DestinationSyncMode.OVERWRITE,
                        stream.primaryKey(),
                        1,
                        1,
                        1))
                .toList());
    }

    private Transcript read(ConfiguredAirbyteCatalog catalog, List<AirbyteStateMessage> states) {
        return harness().read(config(), catalog, states).succeeded();
    }

    private static void assertScalar(AirbyteStream stream, List<String> path) {
        JsonNode described = Schemas.at(stream.jsonSchema(), path);
        assertThat(described).as("%s in the schema of %s", path, stream.name()).isNotNull();
        assertThat(described.path("type").toString())
                .as("type of %s in %s", path, stream.name())
                .doesNotContain("object", "array");
    }

    private static List<AirbyteStreamStatus> withoutRepeats(List<AirbyteStreamStatus> statuses) {
        List<AirbyteStreamStatus> changes = new ArrayList<>();
        for (AirbyteStreamStatus status : statuses) {
            // A source that has to wait for its quota says that it is running, again and again.
            if (status != AirbyteStreamStatus.RUNNING || !changes.contains(status)) {
                changes.add(status);
            }
        }
        return changes;
    }

    private static List<StreamDescriptor> scope(AirbyteStateMessage state, ConfiguredAirbyteCatalog catalog) {
        return switch (state) {
            case AirbyteStateMessage.Stream one -> List.of(one.stream().streamDescriptor());
            case AirbyteStateMessage.Global _, AirbyteStateMessage.Legacy _ ->
                catalog.streams().stream()
                        .map(ConfiguredAirbyteStream::descriptor)
                        .toList();
        };
    }

    /// Offsets behind at most twenty of the states, the first and the last among them.
    private static List<Integer> sampledStates(List<AirbyteMessage> messages) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof AirbyteStateMessage) {
                all.add(i + 1);
            }
        }
        int most = 20;
        if (all.size() <= most) {
            return all;
        }
        Set<Integer> sampled = new TreeSet<>();
        for (int i = 0; i < most; i++) {
            sampled.add(all.get(i * (all.size() - 1) / (most - 1)));
        }
        return List.copyOf(sampled);
    }

    /// What a runner has stored once the messages before this offset are durable.
    private static List<AirbyteStateMessage> accumulated(List<AirbyteMessage> messages, int end) {
        Map<StreamDescriptor, AirbyteStateMessage> streams = new LinkedHashMap<>();
        AirbyteStateMessage whole = null;
        for (AirbyteMessage message : messages.subList(0, end)) {
            if (message instanceof AirbyteStateMessage.Stream one) {
                AirbyteStreamState state = one.stream();
                streams.put(state.streamDescriptor(), one);
            } else if (message instanceof AirbyteStateMessage other) {
                whole = other;
            }
        }
        return whole == null ? List.copyOf(streams.values()) : List.of(whole);
    }

    /// The records that the states before this offset vouch for.
    private static List<AirbyteMessage> covered(
            List<AirbyteMessage> messages, int end, ConfiguredAirbyteCatalog catalog) {
        Map<StreamDescriptor, Integer> until = new HashMap<>();
        for (int i = 0; i < end; i++) {
            if (messages.get(i) instanceof AirbyteStateMessage state) {
                for (StreamDescriptor stream : scope(state, catalog)) {
                    until.put(stream, i);
                }
            }
        }
        List<AirbyteMessage> covered = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            if (messages.get(i) instanceof AirbyteRecordMessage record
                    && i < until.getOrDefault(record.descriptor(), 0)) {
                covered.add(record);
            }
        }
        return covered;
    }

    private static Map<StreamDescriptor, Set<String>> keys(
            ConfiguredAirbyteCatalog catalog, List<AirbyteMessage> messages) {
        Map<StreamDescriptor, Set<String>> keys = new HashMap<>();
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            Set<String> found = new TreeSet<>();
            for (AirbyteMessage message : messages) {
                if (message instanceof AirbyteRecordMessage record
                        && record.descriptor().equals(stream.descriptor())) {
                    found.add(key(stream, record));
                }
            }
            keys.put(stream.descriptor(), found);
        }
        return keys;
    }

    /// The key's values, or the whole row when the stream has no key.
    private static String key(ConfiguredAirbyteStream stream, AirbyteRecordMessage record) {
        if (stream.primaryKey().isEmpty()) {
            return record.data().toString();
        }
        return stream.primaryKey().stream()
                .map(path -> at(record.data(), path))
                .toList()
                .toString();
    }

    private static List<JsonNode> cursors(ConfiguredAirbyteStream stream, List<AirbyteMessage> messages) {
        return messages.stream()
                .filter(AirbyteRecordMessage.class::isInstance)
                .map(AirbyteRecordMessage.class::cast)
                .filter(record -> record.descriptor().equals(stream.descriptor()))
                .map(record -> at(record.data(), stream.cursorField()))
                .filter(cursor -> !cursor.isMissingNode() && !cursor.isNull())
                .toList();
    }

    private static JsonNode at(JsonNode data, List<String> path) {
        JsonNode here = data;
        for (String name : path) {
            here = here.path(name);
        }
        return here;
    }
}
