package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.fullRefresh;
import static dev.sluice.runner.sync.Lines.incremental;
import static dev.sluice.runner.sync.Lines.json;
import static dev.sluice.runner.sync.Lines.log;
import static dev.sluice.runner.sync.Lines.record;
import static dev.sluice.runner.sync.Lines.state;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.launch.ExitStatus.Exited;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of the records of a source, odd ones above all.
@Timeout(60)
final class RecordsTest {
    private final Scene scene = new Scene(incremental("orders"));

    private static String data(String data) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":%s,\"emitted_at\":1}}".formatted(data);
    }

    /// The data of what the destination heard.
    private List<String> heardData() {
        return scene.heard("RECORD").stream()
                .map(message -> message.at("/record/data").toString())
                .toList();
    }

    private static AirbyteStream stream(String schema) {
        return AirbyteStream.fullRefresh("orders", (ObjectNode) json(schema), List.of());
    }

    private static AirbyteStream keyed(List<String> path) {
        return AirbyteStream.incremental("orders", (ObjectNode) json("{}"), "id", List.of(path));
    }

    private static RunnerException cause(SyncReport report) {
        return report.failures().getFirst();
    }

    @Test
    void arriveBetweenLinesOfPlainText() throws Exception {
        SyncReport report = scene.source(
                        "Picked up JAVA_TOOL_OPTIONS",
                        record("orders", 1),
                        "WARN: slow",
                        "  at x.Y.z()",
                        record("orders", 2))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(scene.log)
                .contains(
                        "INFO source-x: Picked up JAVA_TOOL_OPTIONS",
                        "INFO source-x: WARN: slow",
                        "INFO source-x:   at x.Y.z()");
    }

    @Test
    void areNotSeenInMessagesOverSeveralLines() throws Exception {
        SyncReport report = scene.source((json(log("hello")).toPrettyString() + "\n"
                                + json(state("orders", 1)).toPrettyString())
                        .split("\n"))
                .run();
        assertThat(report.failures()).isEmpty();
        assertThat(scene.heard("STATE")).isEmpty();

        SyncReport lost = scene.source(
                        json(record("orders", 1)).toPrettyString().split("\n"))
                .run();
        assertThat(cause(lost).code()).isEqualTo("source.lost_records");
        assertThat(scene.heard("RECORD")).isEmpty();
    }

    @Test
    void holdAReplacementCharacterWhereTheBytesAreNoUtf8() throws Exception {
        String line = data("{\"id\":0,\"name\":\"a\u00c3\u0028b\"}");
        SyncReport report = scene.source(stage -> {
                    stage.sayBytes((line + "\n").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                    stage.say(record("orders", 1));
                    return new Exited(0);
                })
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":0,\"name\":\"a\ufffd(b\"}", "{\"id\":1}");
        assertThat(report.warnings())
                .containsExactly("source-x sent 1 records with bytes that are no UTF-8; U+FFFD stands in their place");
    }

    @Test
    void areKnownBehindAByteOrderMarkAndBeforeCarriageReturns() throws Exception {
        SyncReport report = scene.source(
                        "\ufeff" + record("orders", 1) + "\r", record("orders", 2) + "\r", state("orders", 2) + "\r")
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(scene.stored()).contains("\"cursor\":2");
    }

    @Test
    void keepTheirNumbersDigitByDigit() throws Exception {
        List<String> numbers = List.of(
                "1180591620717411303424", "0.1234567890123456789012345678901234567890", "1e400", "-0.0", "1.50");
        List<String> heard = new ArrayList<>();
        scene.source(numbers.stream()
                        .map(n -> data("{\"id\":0,\"amount\":" + n + "}"))
                        .toArray(String[]::new))
                .destination(stage -> {
                    for (String line = stage.hear(); line != null; line = stage.hear()) {
                        heard.add(line);
                    }
                    return new Exited(0);
                })
                .run();

        assertThat(heard)
                .filteredOn(line -> line.contains("RECORD"))
                .containsExactlyElementsOf(numbers.stream()
                        .map(n -> data("{\"id\":0,\"amount\":" + n + "}"))
                        .toList());
    }

    @Test
    void keepUnknownPropertiesAsStatesDo() throws Exception {
        scene.source(
                        "{\"type\":\"RECORD\",\"future\":{\"a\":[1]},\"record\":{\"stream\":\"orders\",\"lane\":7,\"data\":{\"id\":1},\"emitted_at\":1}}",
                        "{\"type\":\"STATE\",\"x\":1,\"state\":{\"type\":\"STREAM\",\"y\":null,\"stream\":{\"stream_descriptor\":"
                                + "{\"name\":\"orders\",\"z\":2},\"stream_state\":{\"cursor\":1}}}}")
                .run();

        JsonNode record = scene.heard("RECORD").getFirst();
        assertThat(record.at("/future/a/0").asInt()).isEqualTo(1);
        assertThat(record.at("/record/lane").asInt()).isEqualTo(7);
        JsonNode state = scene.heard("STATE").getFirst();
        assertThat(state.get("x").asInt()).isEqualTo(1);
        assertThat(state.at("/state").has("y")).isTrue();
        assertThat(state.at("/state/stream/stream_descriptor/z").asInt()).isEqualTo(2);
    }

    @Test
    void areNotHinderedByAMessageOfAnUnknownType() throws Exception {
        SyncReport report = scene.source("{\"type\":\"FUTURE\",\"future\":{}}", record("orders", 1))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":1}");
        assertThat(scene.log).contains("INFO source-x: {\"type\":\"FUTURE\",\"future\":{}}");
    }

    @Test
    void withoutDataAreDroppedAndCounted() throws Exception {
        SyncReport report = scene.source(
                        data("{}"),
                        data("{ }"),
                        data("null"),
                        data("[]"),
                        "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"emitted_at\":1}}",
                        "{\"type\":\"RECORD\"}",
                        record("orders", 1),
                        state("orders", 1))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":1}");
        assertThat(report.warnings())
                .containsExactly("source-x sent 6 records without data; they carry nothing and were dropped");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"id\":1}]", "\"Ann\"", "7", "true"})
    void withDataOfAnotherKindStopTheStatesBehindThem(String data) throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("orders", 1), data(data), state("orders", 2))
                .run();

        assertThat(cause(report).getMessage())
                .contains("is a record without a stream or with data of a wrong kind; it is lost");
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(scene.log.toString()).doesNotContain("Ann");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"emitted_at\":null", ",\"emitted_at\":\"now\""})
    void withoutATimeGetTheOneTheyCameAt(String time) throws Exception {
        long before = System.currentTimeMillis();
        scene.source(
                        "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\"" + time + ",\"data\":{\"id\":1}}}",
                        "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"id\":2,\"extra\":1}" + time
                                + "}}")
                .run();

        assertThat(heardData()).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(scene.heard("RECORD"))
                .allSatisfy(
                        message -> assertThat(message.at("/record/emitted_at").asLong())
                                .isBetween(before, System.currentTimeMillis()));
    }

    @Test
    void keepTheirOrderAmongLogLines() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            lines.add(record("orders", i));
            lines.add(log("line " + i));
            if (i % 10 == 0) {
                lines.add(state("orders", i));
                lines.add("noise " + i);
            }
        }
        scene.source(lines.toArray(String[]::new)).run();

        List<String> order = scene.heard.stream()
                .filter(message -> !message.get("type").asText().equals("TRACE"))
                .map(message -> message.at("/record/data/id").asText("")
                        + message.at("/state/stream/stream_state/cursor").asText(""))
                .toList();
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            expected.add(String.valueOf(i));
            if (i % 10 == 0) {
                expected.add(String.valueOf(i));
            }
        }
        assertThat(order).isEqualTo(expected);
    }

    @Test
    void withNaNHaveANullThatIsNoted() throws Exception {
        SyncReport report = scene.source(
                        data("{\"id\":NaN,\"name\":\"NaN, Infinity\",\"amount\":-Infinity}"),
                        "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"meta\":{\"changes\":[{\"field\":\"name\","
                                + "\"change\":\"TRUNCATED\",\"reason\":\"SOURCE_FIELD_SIZE_LIMITATION\"}],\"m\":1},"
                                + "\"data\":{\"amount\":Infinity,\"id\":2}}}",
                        record("orders", 3),
                        state("orders", 3))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData())
                .containsExactly(
                        "{\"id\":null,\"name\":\"NaN, Infinity\",\"amount\":null}",
                        "{\"amount\":null,\"id\":2}",
                        "{\"id\":3}");
        assertThat(scene.heard("RECORD").getFirst().at("/record/meta").toString())
                .isEqualTo(
                        "{\"changes\":[{\"field\":\"id\",\"change\":\"NULLED\",\"reason\":\"PLATFORM_SERIALIZATION_ERROR\"},"
                                + "{\"field\":\"amount\",\"change\":\"NULLED\",\"reason\":\"PLATFORM_SERIALIZATION_ERROR\"}]}");
        assertThat(scene.heard("RECORD").get(1).at("/record/meta").toString())
                .isEqualTo(
                        "{\"changes\":[{\"field\":\"name\",\"change\":\"TRUNCATED\",\"reason\":\"SOURCE_FIELD_SIZE_LIMITATION\"},"
                                + "{\"field\":\"amount\",\"change\":\"NULLED\",\"reason\":\"PLATFORM_SERIALIZATION_ERROR\"}],\"m\":1}");
        assertThat(report.warnings())
                .containsExactly(
                        "source-x sent 2 records with NaN or Infinity, which JSON does not have; null stands in their place:"
                                + " orders.id, orders.amount");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"name\":\"Ann Smith\",}}}",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"name\":\"Ann Smith\",\"x\":yes}}}",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"name\":\"Ann Smith\"",
                "garbage {\"type\": \"RECORD\", \"record\": {\"stream\":\"orders\",\"data\":{\"name\":\"Ann Smith\"}}}",
                "{\"\\u0074ype\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"name\":\"Ann Smith\"}}}"
            })
    void thatAreBrokenAreInNoLogAndNoMessage(String line) throws Exception {
        SyncReport report = scene.source(line, state("orders", 1)).run();

        assertThat(cause(report).code()).isEqualTo("source.lost_records");
        assertThat(scene.heard("RECORD")).isEmpty();
        assertThat(scene.log + report.failures().toString() + scene.store.ends).doesNotContain("Ann");
    }

    @Test
    void loseColumnsTheSchemaDoesNotDeclare() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1),
                        data("{\"id\":2,\"extra\":{\"id\":1},\"name\":\"n\"}"),
                        data("{\"id\":3,\"other\":\"x\",\"name\":null}"),
                        state("orders", 3))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":1}", "{\"id\":2,\"name\":\"n\"}", "{\"id\":3,\"name\":null}");
        assertThat(report.warnings())
                .containsExactly(
                        "the stream 'orders': 2 records held columns that the schema does not declare, which were removed:"
                                + " extra, other");
    }

    @Test
    void loseColumnsTheUserLeftOutWithoutAWord() throws Exception {
        StreamSettings chosen =
                new StreamSettings(Optional.empty(), Optional.empty(), List.of(), List.of(), Set.of("id"), 1);
        SyncReport report = scene.settings("orders", chosen)
                .source(data("{\"id\":1,\"name\":\"n\"}"), data("{\"id\":2,\"name\":\"m\"}"))
                .run();

        assertThat(heardData()).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void keepWhatIsMissingMissingAndWhatIsNestedNested() throws Exception {
        String whole = "{\"id\":0,\"name\":{\"first\":\"A\",\"undeclared\":[{\"deep\":null}]}}";
        SyncReport report = scene.source(data(whole)).run();

        assertThat(heardData()).containsExactly(whole);
        assertThat(report.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"type\":\"object\"}", "{\"type\":\"object\",\"properties\":{}}", "{\"properties\":null}"
            })
    void passWholeWhenTheSchemaDeclaresNoColumns(String schema) throws Exception {
        Scene open = new Scene(stream(schema));
        SyncReport report = open.source(data("{\"anything\":1}")).run();

        assertThat(report.failures()).isEmpty();
        assertThat(open.heard("RECORD").getFirst().at("/record/data").toString())
                .isEqualTo("{\"anything\":1}");
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void keepTheColumnsThatASchemaCannotSpell() throws Exception {
        Scene odd = new Scene(stream("{\"properties\":{\"$id\":{},\"$comment\":{},\"$schema\":{}}}"));
        SyncReport report = odd.source(data("{\"id\":1,\"comment\":2,\"schema\":3,\"$id\":4}"))
                .run();

        assertThat(odd.heard("RECORD").getFirst().at("/record/data").toString())
                .isEqualTo("{\"id\":1,\"comment\":2,\"schema\":3,\"$id\":4}");
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void mayContradictTheirSchema() throws Exception {
        SyncReport report = scene.source(data("{\"id\":\"not a number\",\"name\":[1],\"amount\":true}"))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(heardData()).containsExactly("{\"id\":\"not a number\",\"name\":[1],\"amount\":true}");
    }

    @Test
    void withoutAnyKeyColumnFailWhereTheKeyDecides() throws Exception {
        SyncReport report = scene.source(
                        data("{\"id\":null,\"name\":\"n\"}"),
                        state("orders", 1),
                        data("{\"name\":\"m\"}"),
                        state("orders", 2))
                .run();

        assertThat(report.failures().getFirst().getMessage())
                .isEqualTo("source-x sent a record of the stream 'orders' without any column of its key (id)");
        assertThat(cause(report).code()).isEqualTo("protocol.no_key");
        assertThat(heardData()).containsExactly("{\"id\":null,\"name\":\"n\"}");
        assertThat(scene.stored()).contains("\"cursor\":1");

        Scene appending = new Scene(fullRefresh("orders"));
        assertThat(appending.source(data("{\"name\":\"m\"}")).run().failures()).isEmpty();
    }

    @Test
    void mayHaveTheirKeyInsideAnObject() throws Exception {
        Scene deep = new Scene(keyed(List.of("meta", "id")));
        assertThat(deep.source(data("{\"meta\":{\"id\":1}}"), data("{\"meta\":{\"id\":null}}"))
                        .run()
                        .failures())
                .isEmpty();

        SyncReport report = deep.source(data("{\"meta\":{\"id\":1}}"), data("{\"meta\":{\"no\":1}}"))
                .run();
        assertThat(cause(report).getMessage()).endsWith("without any column of its key (meta.id)");
        assertThat(deep.heard("RECORD")).hasSize(1);
    }

    @Test
    void ofSeveralStreamsAreJudgedByTheirOwnSchema() throws Exception {
        Scene two = new Scene(stream("{\"properties\":{\"a\":{}}}"), fullRefresh("users"));
        String users = data("{\"id\":1,\"a\":2}").replace("orders", "users");
        two.source(data("{\"id\":1,\"a\":2}"), users, data("{\"id\":1,\"a\":2}"), users)
                .run();

        assertThat(two.heard("RECORD"))
                .extracting(message -> message.at("/record/data").toString())
                .containsExactly("{\"a\":2}", "{\"id\":1}", "{\"a\":2}", "{\"id\":1}");
    }

    @Test
    void areWorthTheSameInBytesAsWhatTheDestinationGets() throws Exception {
        long[] heard = new long[1];
        SyncReport report = scene.source(
                        record("orders", 1),
                        data("{\"id\":2,\"extra\":1}"),
                        record("orders", 3).replace(",\"emitted_at\":1", ""))
                .destination(stage -> {
                    for (String line = stage.hear(); line != null; line = stage.hear()) {
                        heard[0] += line.contains("RECORD") ? line.getBytes(UTF_8).length : 0;
                    }
                    return new Exited(0);
                })
                .run();

        assertThat(report.bytes()).isEqualTo(heard[0]);
    }
}
