package dev.sluice.source.faker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.protocol.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceFakerTest {
    /// What `source-faker discover` of Airbyte prints (version 7.2.1).
    private static final JsonNode AIRBYTES_CATALOG = airbytesCatalog();

    @TempDir
    Path folder;

    @Test
    void offersTheStreamsOfAirbytesFaker() throws IOException {
        List<JsonNode> messages = run("discover", "{}");

        assertThat(messages).hasSize(1);
        assertThat(messages.getFirst().get("catalog")).isEqualTo(AIRBYTES_CATALOG);
    }

    @Test
    void takesTheConfigurationsOfAirbytesFaker() throws IOException {
        JsonNode spec = run("spec").getFirst().at("/spec/connectionSpecification");

        assertThat(names(spec.get("properties")))
                .containsExactlyInAnyOrder("count", "seed", "records_per_slice", "always_updated", "parallelism");
        assertThat(spec.has("required")).isFalse();
        assertThat(run("check", "{}").getFirst().at("/connectionStatus/status").asText())
                .isEqualTo("SUCCEEDED");
        assertThat(run("check", """
                        {"count": 0}""").getFirst().at("/connectionStatus/status").asText())
                .isEqualTo("FAILED");
    }

    @Test
    void everyRowHasExactlyTheColumnsOfItsSchema() throws IOException {
        Read read = read("""
                {"count": 3000, "seed": 1}""");

        for (JsonNode stream : AIRBYTES_CATALOG.get("streams")) {
            ObjectNode closed = stream.get("json_schema").deepCopy();
            closed.put("additionalProperties", false);
            closed.withObject("/properties/address").put("additionalProperties", false);
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(closed);
            List<JsonNode> rows = read.rows(stream.get("name").asText());
            assertThat(rows).isNotEmpty();
            Set<String> optional = Set.of("purchased_at", "returned_at");
            Set<String> columns = new TreeSet<>(names(stream.at("/json_schema/properties")));
            columns.removeAll(optional);
            for (JsonNode row : rows) {
                assertThat(schema.validate(row)).as(row.toString()).isEmpty();
                assertThat(names(row)).containsAll(columns);
                for (var property : stream.at("/json_schema/properties").properties()) {
                    if (property.getValue().has("format") && row.has(property.getKey())) {
                        assertThat(OffsetDateTime.parse(
                                        row.get(property.getKey()).asText()))
                                .isNotNull();
                    }
                }
            }
        }
    }

    @Test
    void idsAndMailAddressesAreUnique() throws IOException {
        Read read = read("""
                {"count": 20000, "seed": 3}""");

        Set<String> mails = new HashSet<>();
        long id = 0;
        for (JsonNode user : read.rows("users")) {
            assertThat(user.get("id").asLong()).isEqualTo(++id);
            assertThat(mails.add(user.get("email").asText())).isTrue();
        }
        assertThat(id).isEqualTo(20_000);
        assertThat(read.rows("products")).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7, 8, 9, 10, 11, 27, 1000})
    void purchasesHaveIdsWithoutGapsAndUsersThatExist(int count) throws IOException {
        Read read = read("""
                {"count": %d, "seed": 3, "records_per_slice": 4}""".formatted(count));

        List<JsonNode> purchases = read.rows("purchases");
        Map<Long, Integer> perUser = new HashMap<>();
        long id = 0;
        for (JsonNode purchase : purchases) {
            assertThat(purchase.get("id").asLong()).isEqualTo(++id);
            assertThat(purchase.get("product_id").asInt()).isBetween(1, 100);
            perUser.merge(purchase.get("user_id").asLong(), 1, Integer::sum);
        }
        for (long user = 1; user <= count; user++) {
            int expected = user % 10 == 7 ? 0 : user % 10 == 9 ? 2 : 1;
            assertThat(perUser.getOrDefault(user, 0))
                    .as("purchases of user " + user)
                    .isEqualTo(expected);
        }
        assertThat(perUser.keySet()).allMatch(user -> user <= count);
        assertThat(read.estimate("purchases")).isEqualTo(purchases.size());
    }

    @Test
    void purchasesHappenInOrder() throws IOException {
        for (JsonNode purchase : read("""
                {"count": 5000, "seed": 9}""").rows("purchases")) {
            List<OffsetDateTime> times = new ArrayList<>();
            for (String name : List.of("created_at", "added_to_cart_at", "purchased_at", "returned_at")) {
                if (purchase.has(name)) {
                    times.add(OffsetDateTime.parse(purchase.get(name).asText()));
                }
            }
            assertThat(times).as(purchase.toString()).isSorted();
            assertThat(times.getLast()).isBefore(OffsetDateTime.parse("2026-01-01T00:00:00Z"));
        }
    }

    @Test
    void theSameSeedMakesTheSameRowsHoweverTheyAreCutAndWhoeverMakesThem() throws IOException {
        Read one = read("""
                {"count": 500, "seed": 42}""");
        Read other = read("""
                {"count": 500, "seed": 42, "records_per_slice": 7, "parallelism": 9}""");

        for (String stream : List.of("products", "users", "purchases")) {
            assertThat(withoutUpdatedAt(one.rows(stream))).isEqualTo(withoutUpdatedAt(other.rows(stream)));
        }
    }

    @Test
    void anotherSeedMakesOtherRows() throws IOException {
        List<JsonNode> one = withoutUpdatedAt(read("""
                {"count": 500, "seed": 42}""").rows("users"));
        List<JsonNode> other = withoutUpdatedAt(read("""
                {"count": 500, "seed": 43}""").rows("users"));
        List<JsonNode> random = withoutUpdatedAt(read("""
                {"count": 500}""").rows("users"));
        List<JsonNode> randomAgain = withoutUpdatedAt(read("""
                {"count": 500}""").rows("users"));

        assertThat(one).doesNotContainAnyElementsOf(other);
        assertThat(random).doesNotContainAnyElementsOf(randomAgain);
    }

    @Test
    void statesComeWithEverySliceAndCountTheirRows() throws IOException {
        Read read = read("""
                {"count": 2500, "seed": 1, "records_per_slice": 1000}""");

        List<JsonNode> states = read.states("users");
        assertThat(states.stream()
                        .map(state ->
                                state.at("/stream/stream_state/loop_offset").asLong()))
                .containsExactly(1000L, 2000L, 2500L);
        assertThat(states.stream()
                        .map(state -> state.at("/sourceStats/recordCount").asLong()))
                .containsExactly(1000L, 1000L, 500L);
        assertThat(names(states.getLast().at("/stream/stream_state")))
                .containsExactlyInAnyOrder("seed", "updated_at", "loop_offset");
        assertThat(read.messages.getLast().at("/trace/stream_status/status").asText())
                .isEqualTo("COMPLETE");
    }

    @Test
    void emitsEverythingAgainWhenRowsAreAlwaysUpdated() throws IOException {
        String config = """
                {"count": 50, "seed": 1}""";
        Read first = read(config);

        Read second = read(config, first.lastStates());

        assertThat(withoutUpdatedAt(second.rows("users"))).isEqualTo(withoutUpdatedAt(first.rows("users")));
        assertThat(second.rows("purchases")).hasSize(50);
        assertThat(second.rows("products")).hasSize(50);
    }

    @Test
    void emitsNothingNewWhenRowsAreNotUpdated() throws IOException {
        String config = """
                {"count": 50, "seed": 1, "always_updated": false}""";
        Read first = read(config);

        Read second = read(config, first.lastStates());

        assertThat(first.rows("users")).hasSize(50);
        assertThat(second.rows("users")).isEmpty();
        assertThat(second.rows("purchases")).isEmpty();
        assertThat(second.rows("products")).isEmpty();
    }

    @Test
    void goesOnBehindEveryStateOfAnInterruptedSync() throws IOException {
        String config = """
                {"count": 50, "seed": 1, "records_per_slice": 7, "always_updated": false}""";
        Read whole = read(config);

        for (String stream : List.of("products", "users", "purchases")) {
            List<JsonNode> rows = whole.rows(stream);
            long covered = 0;
            for (JsonNode state : whole.states(stream)) {
                covered += state.at("/sourceStats/recordCount").asLong();
                ArrayNode states = Json.mapper().createArrayNode().add(state);
                List<JsonNode> rest = read(config, states).rows(stream);
                assertThat(withoutUpdatedAt(rest))
                        .isEqualTo(withoutUpdatedAt(rows.subList((int) covered, rows.size())));
            }
            assertThat(covered).isEqualTo(rows.size());
        }
    }

    @Test
    void acceptsTheStatesOfAirbytesFaker() throws IOException {
        ArrayNode states = (ArrayNode) Json.mapper().readTree("""
                [{"type":"STREAM","stream":{"stream_descriptor":{"name":"products"},
                  "stream_state":{"seed":7,"updated_at":"2026-11-21T10:10:22+00:00"}}},
                 {"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},
                  "stream_state":{"seed":7,"updated_at":"2026-11-21T10:10:22+00:00","loop_offset":25}}},
                 {"type":"STREAM","stream":{"stream_descriptor":{"name":"purchases"},"stream_state":{}}}]""");

        Read read = read("""
                {"count": 30, "seed": 7, "always_updated": false}""", states);

        assertThat(read.rows("products")).isEmpty();
        assertThat(read.rows("users"))
                .extracting(user -> user.get("id").asLong())
                .containsExactly(26L, 27L, 28L, 29L, 30L);
        assertThat(read.rows("purchases")).hasSize(30);
    }

    @Test
    void saysWhichStreamsThereAreWhenAskedForAnother() throws IOException {
        ObjectNode catalog = configured();
        catalog.withArray("streams").get(0).withObject("/stream").put("name", "orders");

        List<JsonNode> messages = run(1, "read", "{}", catalog, null);

        assertThat(messages).anySatisfy(message -> {
            assertThat(message.at("/trace/error/message").asText())
                    .isEqualTo("there is no stream 'orders'; the faker has products, users and purchases");
            assertThat(message.at("/trace/error/failure_type").asText()).isEqualTo("config_error");
        });
        // The other streams are read all the same.
        assertThat(new Read(messages).rows("users")).hasSize(1000);
    }

    private Read read(String config) throws IOException {
        return read(config, null);
    }

    private Read read(String config, JsonNode states) throws IOException {
        return new Read(run(0, "read", config, configured(), states));
    }

    private List<JsonNode> run(String command) throws IOException {
        return run(0, command, null, null, null);
    }

    private List<JsonNode> run(String command, String config) throws IOException {
        return run(0, command, config, null, null);
    }

    private List<JsonNode> run(int exitCode, String command, String config, JsonNode catalog, JsonNode states)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command));
        if (config != null) {
            arguments.addAll(List.of("--config", file("config.json", config)));
        }
        if (catalog != null) {
            arguments.addAll(List.of("--catalog", file("catalog.json", catalog.toString())));
        }
        if (states != null) {
            arguments.addAll(List.of("--state", file("state.json", states.toString())));
        }
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        int code = ConnectorMain.run(
                new SourceFaker(),
                arguments.toArray(String[]::new),
                new ByteArrayInputStream(new byte[0]),
                stdout,
                new PrintStream(stderr, true, StandardCharsets.UTF_8));
        assertThat(code).as(stderr.toString(StandardCharsets.UTF_8)).isEqualTo(exitCode);
        List<JsonNode> messages = new ArrayList<>();
        for (String line : stdout.toString(StandardCharsets.UTF_8).split("\n")) {
            messages.add(Json.mapper().readTree(line));
        }
        return messages;
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private static ObjectNode configured() {
        ObjectNode catalog = Json.mapper().createObjectNode();
        ArrayNode streams = catalog.putArray("streams");
        for (JsonNode stream : AIRBYTES_CATALOG.get("streams")) {
            ObjectNode configured = streams.addObject();
            configured.set("stream", stream.deepCopy());
            configured.put("sync_mode", "incremental").put("destination_sync_mode", "append");
        }
        return catalog;
    }

    private static List<JsonNode> withoutUpdatedAt(List<JsonNode> rows) {
        List<JsonNode> without = new ArrayList<>();
        for (JsonNode row : rows) {
            without.add(row.<ObjectNode>deepCopy().without("updated_at"));
        }
        return without;
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static JsonNode airbytesCatalog() {
        try (var file = SourceFakerTest.class.getResourceAsStream("/catalog.json")) {
            return Json.mapper().readTree(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private record Read(List<JsonNode> messages) {
        List<JsonNode> rows(String stream) {
            return messages.stream()
                    .filter(message -> message.at("/record/stream").asText().equals(stream))
                    .map(message -> message.at("/record/data"))
                    .toList();
        }

        List<JsonNode> states(String stream) {
            return messages.stream()
                    .map(message -> message.path("state"))
                    .filter(state ->
                            state.at("/stream/stream_descriptor/name").asText().equals(stream))
                    .toList();
        }

        ArrayNode lastStates() {
            ArrayNode last = Json.mapper().createArrayNode();
            for (String stream : List.of("products", "users", "purchases")) {
                last.add(states(stream).getLast());
            }
            return last;
        }

        long estimate(String stream) {
            return messages.stream()
                    .map(message -> message.at("/trace/estimate"))
                    .filter(estimate -> estimate.path("name").asText().equals(stream))
                    .mapToLong(estimate -> estimate.get("row_estimate").asLong())
                    .sum();
        }
    }
}
