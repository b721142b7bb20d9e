package dev.sluice.cdk.testing;

import static dev.sluice.cdk.testing.Script.EMITTED_AT;
import static dev.sluice.cdk.testing.Script.PEOPLE;
import static dev.sluice.cdk.testing.Script.SYNC_ID;
import static dev.sluice.cdk.testing.Script.catalog;
import static dev.sluice.cdk.testing.Script.complete;
import static dev.sluice.cdk.testing.Script.inNamespace;
import static dev.sluice.cdk.testing.Script.member;
import static dev.sluice.cdk.testing.Script.people;
import static dev.sluice.cdk.testing.Script.person;
import static dev.sluice.cdk.testing.Script.record;
import static dev.sluice.cdk.testing.Script.state;
import static dev.sluice.cdk.testing.Script.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.Destination;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.DestinationSyncMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every destination keeps to. A test class of the destination implements it:
///
/// ```java
/// class DestinationShelfContractTest implements DestinationContract {
///     public Destination<?> destination() { return new DestinationShelf(); }
///     public String workingConfig() { return "{\"path\": \"/tmp/shelf\"}"; }
///     public Map<String, String> brokenConfigs() { return Map.of("{\"path\": \"/nowhere\"}", "does not exist"); }
///     public List<ObjectNode> rows(ConfiguredAirbyteStream stream) { return …; }
///     public void reset() { … }
/// }
/// ```
public interface DestinationContract extends ConnectorContract {
    Destination<?> destination();

    /// The rows that a user finds in the stream's table; none when there is no table. One JSON object a row,
    /// one property a column:
    ///
    /// - the columns of the schema under the names the schema has, whatever the table calls them; a number as
    ///   a JSON number, a date or time as ISO text (a blank for the `T` and `+00` for `Z` are understood), a
    ///   JSON column as its JSON, SQL's NULL as null or left away; `data` when the schema has none;
    /// - `_airbyte_raw_id`, `_airbyte_extracted_at`, `_airbyte_generation_id`, and `_airbyte_meta` as its JSON.
    List<ObjectNode> rows(ConfiguredAirbyteStream stream) throws Exception;

    /// Empties the place where the working configuration writes. Called before each test.
    void reset() throws Exception;

    @BeforeEach
    default void startsFromNothing() throws Exception {
        reset();
    }

    @Override
    default ConnectorHarness harness() {
        return ConnectorHarness.of(destination());
    }

    @Override
    default List<Transcript> talk(ObjectNode config) {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        try (Conversation write = harness().write(config, catalog(people))) {
            return List.of(
                    harness().check(config),
                    write.say(record(people, person(1, "ada")), "this is noise", complete(people))
                            .end());
        }
    }

    @Test
    default void appendsTheRowsOfEachSync() throws Exception {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);

        sync(people, person(1, "ada"), person(2, "bob"));
        sync(people, person(3, "eve"), person(1, "ada"));

        assertThat(names(people)).containsExactly("1 ada", "1 ada", "2 bob", "3 eve");
    }

    @Test
    default void saysOfEachRowWhereItComesFrom() throws Exception {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 4, 0);
        String change = "{\"field\":\"team\",\"change\":\"NULLED\",\"reason\":\"SOURCE_RETRIEVAL_ERROR\"}";
        try (Conversation write = harness().write(config(), catalog(people))) {
            write.say(record(people, person(1, "ada")))
                    .say(record(people, person(2, "bob"))
                            .replace("\"emitted_at\"", "\"meta\":{\"changes\":[" + change + "]},\"emitted_at\""))
                    .say(complete(people))
                    .end()
                    .succeeded();
        }

        Set<JsonNode> ids = new HashSet<>();
        List<JsonNode> changes = new ArrayList<>();
        for (ObjectNode row : rows(people)) {
            assertThat(ids.add(row.get("_airbyte_raw_id")))
                    .as("_airbyte_raw_id is unique")
                    .isTrue();
            assertThat(row.get("_airbyte_raw_id").asText()).isNotBlank();
            assertThat(Values.instant(row.path("_airbyte_extracted_at")).toInstant())
                    .isEqualTo(Instant.ofEpochMilli(EMITTED_AT));
            assertThat(row.path("_airbyte_generation_id").asLong()).isEqualTo(4);
            assertThat(row.path("_airbyte_meta").path("sync_id").asLong()).isEqualTo(SYNC_ID);
            row.path("_airbyte_meta").path("changes").forEach(changes::add);
        }
        assertThat(ids).hasSize(2);
        assertThat(changes).containsExactly(ConnectorContract.json(change));
    }

    @Test
    default void replacesOldRowsOnceTheStreamIsComplete() throws Exception {
        for (DestinationSyncMode mode : List.of(DestinationSyncMode.OVERWRITE, DestinationSyncMode.APPEND)) {
            reset();
            sync(people(mode, 1, 1), person(1, "ada"), person(2, "bob"));

            sync(people(mode, 2, 2), person(3, "eve"));

            assertThat(names(people(mode, 2, 2))).as("with %s", mode).containsExactly("3 eve");
        }
    }

    @Test
    default void keepsOldRowsAndComplainsWhenTheNewStreamIsCutShort() throws Exception {
        sync(people(DestinationSyncMode.OVERWRITE, 1, 1), person(1, "ada"));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.OVERWRITE, 2, 2);

        Transcript cut = cutShort(people, person(2, "bob"));

        assertThat(cut.exitCode()).isEqualTo(1);
        assertThat(cut.errors()).anySatisfy(error -> assertThat(error.message()).contains("people"));
        assertThat(names(people)).containsExactly("1 ada");
    }

    @Test
    default void continuesAReplacementThatWasCutShort() throws Exception {
        sync(people(DestinationSyncMode.OVERWRITE, 1, 1), person(1, "ada"));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.OVERWRITE, 2, 2);
        cutShort(people, person(2, "bob"));

        sync(people, person(3, "eve"));

        assertThat(names(people)).containsExactly("2 bob", "3 eve");
    }

    @Test
    default void startsAReplacementOverWhenTheGenerationRises() throws Exception {
        sync(people(DestinationSyncMode.OVERWRITE, 1, 1), person(1, "ada"));
        cutShort(people(DestinationSyncMode.OVERWRITE, 2, 2), person(2, "bob"));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.OVERWRITE, 3, 3);

        sync(people, person(3, "eve"));

        assertThat(names(people)).containsExactly("3 eve");
    }

    @Test
    default void emptiesTheTableOfAStreamThatHasNoRowsLeft() throws Exception {
        sync(people(DestinationSyncMode.OVERWRITE, 1, 1), person(1, "ada"));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.OVERWRITE, 2, 2);

        sync(people);

        assertThat(names(people)).isEmpty();
    }

    @Test
    default void replacesACompleteStreamThoughAnotherIsCutShort() throws Exception {
        ConfiguredAirbyteStream cats = stream("cats", DestinationSyncMode.OVERWRITE, 1, 1);
        sync(people(DestinationSyncMode.OVERWRITE, 1, 1), person(1, "ada"));
        sync(cats, person(1, "tom"));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.OVERWRITE, 2, 2);
        cats = stream("cats", DestinationSyncMode.OVERWRITE, 2, 2);

        try (Conversation write = harness().write(config(), catalog(people, cats))) {
            write.say(record(people, person(2, "bob")), record(cats, person(2, "fritz")));
            assertThat(write.say(complete(people)).end().exitCode()).isEqualTo(1);
        }

        assertThat(names(people)).containsExactly("2 bob");
        assertThat(names(cats)).containsExactly("1 tom");
    }

    @Test
    default void keepsTheNewestRowOfEachKeyWhateverTheOrder() throws Exception {
        assumeTrue(supports(DestinationSyncMode.APPEND_DEDUP));
        List<String> versions = List.of(person(1, "first", 10), person(1, "second", 20), person(1, "third", 30));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND_DEDUP, 1, 0);
        for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 1, 0), List.of(1, 2, 0))) {
            reset();
            sync(people, order.stream().map(versions::get).toArray(String[]::new));
            assertThat(names(people)).as("order %s in one sync", order).containsExactly("1 third");

            reset();
            for (int version : order) {
                sync(people, versions.get(version), person(2, "bob", 5));
            }
            assertThat(names(people)).as("order %s in three syncs", order).containsExactly("1 third", "2 bob");
        }
    }

    /// Clocks are set back; the order of arrival is not.
    @Test
    default void keepsTheLastToArriveOfEquallyNewRowsWhateverTheClockSays() throws Exception {
        assumeTrue(supports(DestinationSyncMode.APPEND_DEDUP));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND_DEDUP, 1, 0);
        sync(people, person(1, "first", 5), person(2, "first", 5));

        try (Conversation write = harness().write(config(), catalog(people))) {
            write.say(record(people, person(1, "second", 5), EMITTED_AT - 60_000))
                    .say(record(people, person(2, "second", 5), EMITTED_AT - 60_000))
                    .say(record(people, person(2, "third", 5), EMITTED_AT - 120_000))
                    .say(complete(people))
                    .end()
                    .succeeded();
        }

        assertThat(names(people)).containsExactly("1 second", "2 third");
    }

    @Test
    default void changesNothingWhenTheSameRowsArriveAgain() throws Exception {
        assumeTrue(supports(DestinationSyncMode.APPEND_DEDUP));
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND_DEDUP, 1, 0);
        String[] rows = {person(1, "ada", 10), person(2, "bob", 20), person(1, "ada lovelace", 30)};

        sync(people, rows);
        sync(people, rows);
        sync(people, rows[0]);

        assertThat(names(people)).containsExactly("1 ada lovelace", "2 bob");
    }

    @Test
    default void tellsCompositeKeysApart() throws Exception {
        assumeTrue(supports(DestinationSyncMode.APPEND_DEDUP));
        ConfiguredAirbyteStream people = stream(
                "people",
                Optional.empty(),
                PEOPLE,
                DestinationSyncMode.APPEND_DEDUP,
                List.of(List.of("team"), List.of("id")),
                1,
                0);

        sync(people, member("red", 1, "ada", 1), member("blue", 1, "bob", 1), member("red", 11, "eve", 1));
        sync(people, member("red", 1, "ada lovelace", 2));

        assertThat(names(people)).containsExactly("1 ada lovelace", "1 bob", "11 eve");
    }

    /// Rows whose keys became null would all be taken for one.
    @Test
    default void refusesAKeyThatDoesNotFitItsColumn() throws Exception {
        assumeTrue(supports(DestinationSyncMode.APPEND_DEDUP));
        sync(people(DestinationSyncMode.APPEND_DEDUP, 1, 0), person(1, "ada"));
        for (String id : List.of("\"A1\"", "\"A2\"", "99999999999999999999")) {
            for (int minimum : List.of(0, 2)) {
                ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND_DEDUP, 2, minimum);
                try (Conversation write = harness().write(config(), catalog(people))) {
                    Transcript refusal = write.say(record(people, person(2, "bob")))
                            .say(record(people, person(3, "eve").replace(":3", ":" + id)))
                            .say(state(people, 1).toString())
                            .say(complete(people))
                            .end();

                    assertThat(refusal.exitCode()).as("the key %s", id).isEqualTo(1);
                    assertThat(refusal.errors())
                            .anySatisfy(error -> assertThat(error.failureType() + " " + error.message())
                                    .contains("CONFIG_ERROR", "'people'", "'id'")
                                    .doesNotContain(id.replace("\"", "")));
                    assertThat(refusal.states()).isEmpty();
                }
                assertThat(names(people)).containsExactly("1 ada");
            }
        }
    }

    @Test
    default void returnsStatesInOrderUnchangedButForTheirCounts() {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        List<ObjectNode> states = List.of(state(people, 1), state(people, 2), state(people, 3));
        Transcript transcript;
        try (Conversation write = harness().write(config(), catalog(people))) {
            write.say(record(people, person(1, "ada")), record(people, person(2, "bob")))
                    .say(states.get(0).toString())
                    .say(record(people, person(3, "eve")))
                    .say(states.get(1).toString())
                    .say(states.get(2).toString());
            transcript = write.say(complete(people)).end().succeeded();
        }

        assertThat(counts(transcript)).containsExactly("2.0", "1.0", "0.0");
        assertThat(withoutCounts(transcript))
                .isEqualTo(states.stream().map(ObjectNode::toString).toList());
        ConnectorContract.assertProtocol(transcript);
    }

    @Test
    default void returnsAGlobalStateWithTheCountOfAllItsStreams() throws Exception {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        ConfiguredAirbyteStream cats = stream("cats", DestinationSyncMode.APPEND, 1, 0);
        ObjectNode state = ConnectorContract.json("""
                {"type": "STATE", "state": {"type": "GLOBAL", "id": 7, "global": {
                    "shared_state": {"lsn": 12345678901234567890},
                    "stream_states": [{"stream_descriptor": {"name": "cats"}, "stream_state": {"at": null}}]}}}
                """);
        Transcript transcript;
        try (Conversation write = harness().write(config(), catalog(people, cats))) {
            transcript = write.say(record(people, person(1, "ada")), record(cats, person(1, "tom")), state.toString())
                    .say(complete(people), complete(cats))
                    .end()
                    .succeeded();
        }

        assertThat(counts(transcript)).containsExactly("2.0");
        assertThat(withoutCounts(transcript)).containsExactly(state.toString());
        assertThat(names(people)).containsExactly("1 ada");
        assertThat(names(cats)).containsExactly("1 tom");
    }

    @Test
    default void returnsStatesWhileItsInputStaysOpen() {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        try (Conversation write = harness().write(config(), catalog(people))) {
            write.say(record(people, person(1, "ada")), state(people, 1).toString());
            assertThat(write.hear("STATE").at("/state/id").asInt()).isEqualTo(1);

            write.say(state(people, 2).toString());
            assertThat(write.hear("STATE").at("/state/id").asInt()).isEqualTo(2);

            write.say(complete(people)).end().succeeded();
        }
    }

    @Test
    default void holdsTheRowsOfEveryStateItReturned() throws Exception {
        for (DestinationSyncMode mode : supportedModes()) {
            ConfiguredAirbyteStream people = people(mode, 1, mode == DestinationSyncMode.OVERWRITE ? 1 : 0);
            for (int awaited = 1; awaited <= 3; awaited++) {
                for (boolean interrupt : List.of(false, true)) {
                    reset();
                    int returned = writeUntilReturned(people, awaited, interrupt);
                    sync(people);

                    List<String> expected = new ArrayList<>();
                    for (int i = 1; i <= returned; i++) {
                        expected.add(i + " row " + i);
                    }
                    assertThat(names(people))
                            .as("rows with %s, %s after %d states", mode, interrupt ? "interrupted" : "cut", returned)
                            .containsAll(expected)
                            .doesNotHaveDuplicates();
                }
            }
        }
    }

    /// Three rows with a state behind each; ends once so many states have come back. Returns how many did.
    private int writeUntilReturned(ConfiguredAirbyteStream people, int awaited, boolean interrupt) {
        try (Conversation write = harness().write(config(), catalog(people))) {
            for (int i = 1; i <= 3; i++) {
                write.say(
                        record(people, person(i, "row " + i)), state(people, i).toString());
                if (i <= awaited) {
                    write.hear("STATE");
                }
            }
            Transcript transcript = interrupt ? write.interrupt() : write.end();
            assertThat(transcript.exitCode()).isEqualTo(interrupt ? 143 : 1);
            assertThat(transcript.wholeLines()).isTrue();
            return transcript.states().size();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.cdk.testing.AwkwardStream#files")
    default void survivesAwkwardRows(String file) throws Exception {
        AwkwardStream awkward = AwkwardStream.read(file);
        ConfiguredAirbyteStream stream = awkward.stream();
        assumeTrue(supports(stream.destinationSyncMode()));
        try (Conversation write = harness().write(config(), catalog(stream))) {
            int n = 0;
            for (AwkwardStream.Row row : awkward.rows()) {
                write.say(record(stream, row.data(), EMITTED_AT + n++));
            }
            write.say(state(stream, 1).toString());
            Transcript transcript = write.say(complete(stream)).end().succeeded();
            assertThat(counts(transcript)).containsExactly(n + ".0");
        }

        TreeMap<Integer, ObjectNode> found = new TreeMap<>();
        List<ObjectNode> rows = rows(stream);
        rows.forEach(row -> found.put(row.path("id").asInt(), row));
        List<AwkwardStream.Row> kept =
                awkward.rows().stream().filter(row -> !row.isGone()).toList();
        assertThat(rows).as("rows of %s", file).hasSameSizeAs(kept);
        for (AwkwardStream.Row row : kept) {
            awkward.assertHeld(row, found.get(row.id()));
        }
    }

    @Test
    default void keepsStreamsWithAwkwardNamesApart() throws Exception {
        String longName = "a very long name that is longer than what most databases allow for the name of a table: ";
        List<String> names = List.of(
                "users",
                "Users",
                "select",
                "with space",
                "with \"quotes\" and 'apostrophes'",
                "with.dot",
                "with/slash and \\",
                "with;semicolon -- and comment",
                "1st",
                "na\u00efve \u2603 \ud83d\ude00",
                "\u8868",
                "\u4e00",
                longName + "one",
                longName + "two");
        for (int generation = 1; generation <= 2; generation++) {
            ConfiguredAirbyteStream[] streams = inGeneration(names, generation);
            try (Conversation write = harness().write(config(), catalog(streams))) {
                for (int i = 0; i < streams.length; i++) {
                    write.say(record(streams[i], person(i, names.get(i))));
                }
                write.say(Arrays.stream(streams).map(Script::complete).toArray(String[]::new))
                        .end()
                        .succeeded();
            }
        }
        ConfiguredAirbyteStream[] streams = inGeneration(names, 2);
        for (int i = 0; i < streams.length; i++) {
            assertThat(names(streams[i])).as("the table of '%s'", names.get(i)).containsExactly(i + " " + names.get(i));
        }
    }

    @Test
    default void keepsStreamsOfTwoNamespacesApart() throws Exception {
        ConfiguredAirbyteStream east = inNamespace("east");
        ConfiguredAirbyteStream west = inNamespace("west");
        try (Conversation write = harness().write(config(), catalog(east, west))) {
            write.say(record(east, person(1, "ada")), record(west, person(2, "bob")))
                    .say(complete(east), complete(west))
                    .end()
                    .succeeded();
        }

        assertThat(names(east)).containsExactly("1 ada");
        assertThat(names(west)).containsExactly("2 bob");
    }

    @Test
    default void addsTheColumnsThatAStreamGains() throws Exception {
        ConfiguredAirbyteStream before = people(DestinationSyncMode.APPEND, 1, 0);
        sync(before, person(1, "ada"));
        ObjectNode schema = PEOPLE.deepCopy();
        schema.withObject("/properties").putObject("shoe size").put("type", "number");
        ConfiguredAirbyteStream after =
                stream("people", Optional.empty(), schema, DestinationSyncMode.APPEND, before.primaryKey(), 1, 0);

        sync(after, person(2, "bob").replace("}", ",\"shoe size\":43.5}"));

        assertThat(names(after)).containsExactly("1 ada", "2 bob");
        for (ObjectNode row : rows(after)) {
            JsonNode size = row.path("shoe size");
            if (row.get("id").asInt() == 1) {
                assertThat(size.isNull() || size.isMissingNode()).isTrue();
            } else {
                assertThat(size.decimalValue()).isEqualByComparingTo("43.5");
            }
        }
    }

    /// Their whole records are in a JSON column `data`.
    @Test
    default void keepsTheRecordsOfAStreamThatDeclaresNoColumns() throws Exception {
        List<String> records = List.of(person(1, "ada"), "{\"data\":[1,{\"deep\":null}],\"text\":\"\u00e9\"}");
        for (String schema : List.of("{}", "{\"type\": \"object\", \"properties\": {}}")) {
            reset();
            ConfiguredAirbyteStream stream = stream(
                    "formless",
                    Optional.empty(),
                    ConnectorContract.json(schema),
                    DestinationSyncMode.APPEND,
                    List.of(),
                    1,
                    0);

            sync(stream, records.toArray(String[]::new));

            assertThat(rows(stream))
                    .extracting(row -> row.get("data"))
                    .as("`data` of the stream with the schema %s", schema)
                    .containsExactlyInAnyOrderElementsOf(
                            records.stream().map(Transcript::json).toList());
        }
    }

    @Test
    default void refusesARecordOfAStreamItWasNotGiven() {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        ConfiguredAirbyteStream dogs = stream("dogs", DestinationSyncMode.APPEND, 1, 0);
        try (Conversation write = harness().write(config(), catalog(people))) {
            Transcript refusal = write.say(record(dogs, person(1, "rex")))
                    .say(state(people, 1).toString())
                    .say(complete(people))
                    .end();

            assertThat(refusal.exitCode()).isEqualTo(1);
            assertThat(refusal.errors())
                    .anySatisfy(error -> assertThat(error.message()).contains("dogs"));
            assertThat(refusal.states()).isEmpty();
        }
    }

    @Test
    default void passesOverLinesThatAreNotForIt() throws Exception {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        try (Conversation write = harness().write(config(), catalog(people))) {
            write.say("Picked up JAVA_TOOL_OPTIONS", "", "{\"type\":\"NEWS\",\"news\":{}}", "[1,2]", "{")
                    .say(record(people, person(1, "ada")))
                    .say("{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"hello\"}}")
                    .say(record(people, person(2, "bob")));
            ConnectorContract.assertProtocol(write.say(complete(people)).end().succeeded());
        }

        assertThat(names(people)).containsExactly("1 ada", "2 bob");
    }

    @Test
    default void stopsWhenItIsInterrupted() {
        ConfiguredAirbyteStream people = people(DestinationSyncMode.APPEND, 1, 0);
        try (Conversation write = harness().write(config(), catalog(people))) {
            write.say(record(people, person(1, "ada")), state(people, 1).toString());
            write.hear("STATE");

            Transcript transcript = write.interrupt();

            assertThat(transcript.exitCode()).isEqualTo(143);
            ConnectorContract.assertProtocol(transcript);
        }
    }

    private static ConfiguredAirbyteStream[] inGeneration(List<String> names, long generation) {
        return names.stream()
                .map(name -> stream(name, DestinationSyncMode.OVERWRITE, generation, generation))
                .toArray(ConfiguredAirbyteStream[]::new);
    }

    private ObjectNode config() {
        return ConnectorContract.json(workingConfig());
    }

    /// A whole sync of one stream.
    private void sync(ConfiguredAirbyteStream stream, String... rows) {
        try (Conversation write = harness().write(config(), catalog(stream))) {
            for (String row : rows) {
                write.say(record(stream, row));
            }
            write.say(state(stream, 1).toString());
            Transcript transcript = write.say(complete(stream)).end().succeeded();
            assertThat(transcript.states()).hasSize(1);
        }
    }

    /// A sync whose source dies behind its first state.
    private Transcript cutShort(ConfiguredAirbyteStream stream, String... rows) {
        try (Conversation write = harness().write(config(), catalog(stream))) {
            for (String row : rows) {
                write.say(record(stream, row));
            }
            Transcript transcript = write.say(state(stream, 1).toString()).end();
            assertThat(transcript.states()).hasSize(1);
            return transcript;
        }
    }

    /// `id` and `name` of each row, sorted.
    private List<String> names(ConfiguredAirbyteStream stream) throws Exception {
        List<String> names = new ArrayList<>();
        for (ObjectNode row : rows(stream)) {
            names.add(row.path("id").asText() + " " + row.path("name").asText());
        }
        Collections.sort(names);
        return names;
    }

    private Set<DestinationSyncMode> supportedModes() {
        return Set.copyOf(harness().spec().answer(ConnectorSpecification.class).supportedDestinationSyncModes());
    }

    private boolean supports(DestinationSyncMode mode) {
        return supportedModes().contains(mode);
    }

    /// How many rows the destination took since the state before, for each state that came back.
    private static List<String> counts(Transcript transcript) {
        return transcript.stateLines().stream()
                .map(line -> line.at("/state/destinationStats"))
                .map(stats -> stats.path("recordCount")
                        .decimalValue()
                        .add(stats.path("rejectedRecordCount").decimalValue())
                        .toString())
                .toList();
    }

    /// As text: a number must come back as it was written.
    private static List<String> withoutCounts(Transcript transcript) {
        List<JsonNode> states = transcript.stateLines();
        states.forEach(state -> ((ObjectNode) state.get("state")).remove("destinationStats"));
        return states.stream().map(JsonNode::toString).toList();
    }
}
