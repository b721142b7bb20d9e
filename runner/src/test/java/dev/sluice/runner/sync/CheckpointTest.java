package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.globalState;
import static dev.sluice.runner.sync.Lines.incremental;
import static dev.sluice.runner.sync.Lines.json;
import static dev.sluice.runner.sync.Lines.legacyState;
import static dev.sluice.runner.sync.Lines.record;
import static dev.sluice.runner.sync.Lines.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand.Read;
import dev.sluice.runner.launch.ExitStatus.Exited;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.ScriptedLauncher.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a destination may do with the states it was sent, and what is stored then.
@Timeout(60)
final class CheckpointTest {
    private final Scene scene = new Scene(incremental("orders"), incremental("customers"));

    /// A destination that takes all of its input and then answers with these lines, made from the states it heard.
    private Script answering(Function<List<ObjectNode>, List<ObjectNode>> answer) {
        return stage -> {
            List<ObjectNode> states = new ArrayList<>();
            for (String line = stage.hear(); line != null; line = stage.hear()) {
                ObjectNode message = (ObjectNode) Lines.json(line);
                if (message.get("type").asText().equals("STATE")) {
                    states.add(message);
                }
            }
            answer.apply(states).forEach(state -> stage.say(state.toString()));
            return new Exited(0);
        };
    }

    private static ObjectNode without(ObjectNode message, String... properties) {
        ObjectNode copy = message.deepCopy();
        ((ObjectNode) copy.get("state")).remove(List.of(properties));
        return copy;
    }

    private static ObjectNode with(ObjectNode message, String property, JsonNode value) {
        ObjectNode copy = message.deepCopy();
        ((ObjectNode) copy.get("state")).set(property, value);
        return copy;
    }

    private List<String> cursors() {
        return scene.store.saved.stream()
                .map(saved -> saved.toDocument()
                        .orElseThrow()
                        .findValuesAsText("cursor")
                        .toString())
                .toList();
    }

    @Test
    void numbersTheStatesAndCountsTheRecordsOfEach() throws Exception {
        scene.source(
                        state("orders", 0),
                        record("orders", 1),
                        record("customers", 1),
                        record("orders", 2),
                        state("orders", 2))
                .run();

        assertThat(scene.heard("STATE"))
                .extracting(m -> m.at("/state/id") + " " + m.at("/state/sourceStats/recordCount"))
                .containsExactly("1 0.0", "2 2.0");
    }

    @Test
    void storesAStateOnlyOnceTheDestinationHasReturnedIt() throws Exception {
        scene.source(record("orders", 1), state("orders", 1)).destination(answering(states -> List.of()));
        SyncReport report = scene.run();

        assertThat(scene.store.saved).isEmpty();
        assertThat(report.isSuccess()).isTrue();
        assertThat(report.warnings())
                .containsExactly(
                        "destination-y ended well but did not return 1 of the states it was sent; the next sync sends those records again");
    }

    @Test
    void leavesTheStateOfOtherStreamsAlone() throws Exception {
        scene.store.with(perStream("customers", 5, "gone", 9));
        scene.source(record("orders", 1), state("orders", 1)).run();

        assertThat(scene.stored()).isEqualTo("""
                        [{"type":"STREAM","stream":{"stream_descriptor":{"name":"customers"},"stream_state":{"cursor":5}}},\
                        {"type":"STREAM","stream":{"stream_descriptor":{"name":"gone"},"stream_state":{"cursor":9}}},\
                        {"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":1}}}]""");
    }

    private static SyncState perStream(String a, int cursorA, String b, int cursorB) {
        TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
        cursors.put(new StreamDescriptor(a), Lines.json("{\"cursor\":%d}".formatted(cursorA)));
        cursors.put(new StreamDescriptor(b), Lines.json("{\"cursor\":%d}".formatted(cursorB)));
        return new SyncState.PerStream(cursors);
    }

    @Test
    void takesAReturnedStateForAllEarlierOnesOfItsStream() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1),
                        state("orders", 1),
                        record("orders", 2),
                        record("customers", 1),
                        state("orders", 2))
                .destination(answering(states -> List.of(states.getLast())))
                .run();

        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
        assertThat(report.streams().getLast().committed()).isZero();
        assertThat(report.warnings()).isEmpty();
        assertThat(cursors()).containsExactly("[2]");
    }

    @Test
    void knowsAStateByItsContentWhenTheDestinationDropsItsNumber() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1), state("orders", 1), record("orders", 2), state("orders", 2))
                .destination(answering(states -> states.stream()
                        .map(state -> without(state, "id", "sourceStats"))
                        .toList()))
                .run();

        assertThat(report.warnings()).isEmpty();
        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
        assertThat(scene.stored()).contains("\"cursor\":2").doesNotContain("id", "Stats");
    }

    /// As a destination does that reads it into its own objects.
    @Test
    void knowsAStateThatIsWrittenAnew() throws Exception {
        String sent = "{\"b\":{\"x\":1.50,\"y\":[1,2]},\"a\":\"é\"}";
        String back = "{\"a\":\"\\u00e9\",\"b\":{\"y\":[1,2],\"x\":1.5}}";
        UnaryOperator<String> line = cursor -> state("orders", 0).replace("{\"cursor\":0}", cursor);
        SyncReport report = scene.source(
                        record("orders", 1),
                        line.apply(sent.replace("1.50", "1.51")),
                        record("orders", 2),
                        line.apply(sent),
                        line.apply(sent.replace("[1,2]", "[2,1]")))
                .destination(answering(_ -> List.of((ObjectNode) json(line.apply(back)))))
                .run();

        assertThat(report.warnings())
                .containsExactly(
                        "destination-y ended well but did not return 1 of the states it was sent; the next sync"
                                + " sends those records again");
        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
        assertThat(scene.stored()).contains("\"stream_state\":{\"a\":\"é\",\"b\":{\"y\":[1,2],\"x\":1.5}}");
    }

    @Test
    void acceptsIdenticalStatesInARow() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1), state("orders", 1), state("orders", 1), state("orders", 1))
                .destination(answering(states ->
                        states.stream().map(state -> without(state, "id")).toList()))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings()).isEmpty();
        assertThat(report.streams().getFirst().committed()).isEqualTo(1);
    }

    @Test
    void neverGoesBackToAnOlderStateOfAStream() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1), state("orders", 1), record("orders", 2), state("orders", 2))
                .destination(answering(List::reversed))
                .run();

        assertThat(cursors()).doesNotContain("[1]");
        assertThat(scene.stored()).contains("\"cursor\":2");
        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
        assertThat(report.warnings())
                .containsExactly(
                        "the destination returned a state of the stream orders again, or late; the newer one stands");
    }

    @Test
    void tellsStreamsApartThatReadTheSame() throws Exception {
        String inNamespace = state("b", 1).replace("{\"name\":\"b\"}", "{\"name\":\"b\",\"namespace\":\"a\"}");
        Scene two = new Scene(Lines.inNamespace("a", incremental("b")), incremental("a.b"));
        SyncReport report = two.source(inNamespace, state("a.b", 2))
                .destination(answering(List::reversed))
                .run();

        assertThat(report.warnings()).isEmpty();
        assertThat(two.stored()).contains("\"cursor\":1", "\"cursor\":2");
    }

    @Test
    void countsAStateThatIsReturnedTwiceOnce() throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("orders", 1))
                .destination(answering(states -> List.of(states.getFirst(), states.getFirst())))
                .run();

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.streams().getFirst().committed()).isEqualTo(1);
    }

    @Test
    void storesAnUnknownStateOfAStreamOfThisSyncAndSaysSo() throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("orders", 1))
                .destination(answering(_ -> List.of((ObjectNode) Lines.json(state("orders", 77)))))
                .run();

        assertThat(scene.stored()).contains("\"cursor\":77");
        assertThat(report.streams().getFirst().committed()).isZero();
        assertThat(report.warnings().getFirst())
                .isEqualTo(
                        "the destination returned a state of the stream orders that was never sent to it; it was stored,"
                                + " because the destination vouches for it, but the committed counts are not reliable");
    }

    @Test
    void storesAStateWithANumberThatWasNeverGiven() throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("orders", 1))
                .destination(answering(states -> List.of(with(states.getFirst(), "id", Lines.json("77")))))
                .run();

        assertThat(report.isSuccess()).isTrue();
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(report.streams().getFirst().committed()).isZero();
        assertThat(report.warnings().getFirst()).endsWith("the committed counts are not reliable");
    }

    @Test
    void keepsAndSendsTheStateOfAStreamThatIsNotConfiguredAnyMore() throws Exception {
        scene.store.with(perStream("gone", 9, "orders", 1));
        String[] given = new String[1];
        scene.source(stage -> {
                    given[0] = ((Read) stage.command()).state().orElseThrow().toString();
                    stage.say(record("orders", 2), state("orders", 2));
                    return new Exited(0);
                })
                .run();

        assertThat(given[0]).contains("gone", "\"cursor\":9");
        assertThat(scene.stored()).contains("gone", "\"cursor\":9", "\"cursor\":2");
    }

    @Test
    void takesACountWithAndWithoutADecimalForTheSame() throws Exception {
        ObjectNode integer =
                with((ObjectNode) Lines.json(state("orders", 1)), "sourceStats", Lines.json("{\"recordCount\":1}"));
        ObjectNode decimal =
                with((ObjectNode) Lines.json(state("orders", 2)), "sourceStats", Lines.json("{\"recordCount\":1.0}"));
        SyncReport report = scene.source(
                        record("orders", 1), integer.toString(), record("orders", 2), decimal.toString())
                .run();

        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void failsInStrictModeWhenACountDoesNotFit() throws Exception {
        ObjectNode claimsThree =
                with((ObjectNode) Lines.json(state("orders", 1)), "sourceStats", Lines.json("{\"recordCount\":3}"));
        SyncReport report = scene.strict()
                .source(record("orders", 1), claimsThree.toString())
                .run();

        assertThat(report.failures().getFirst().code()).isEqualTo("sync.miscounted");
        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly("the source counted 3 records for a state of the stream orders, but 1 went through");
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void keepsANullInsideAGlobalState() throws Exception {
        String state = globalState(7, "orders").replace("{\"at\":7}", "null");
        scene.source(record("orders", 1), state).run();
        String[] given = new String[1];
        scene.source(stage -> {
                    given[0] = ((Read) stage.command()).state().orElseThrow().toString();
                    return new Exited(0);
                })
                .run();

        assertThat(given[0]).isEqualTo("""
                        [{"type":"GLOBAL","global":{"shared_state":{"lsn":7},"stream_states":\
                        [{"stream_descriptor":{"name":"orders"},"stream_state":null}]}}]""");
    }

    @Test
    void doesNotStoreAStateOfAStreamThatIsNotPartOfThisSync() throws Exception {
        SyncReport report = scene.source(record("orders", 1))
                .destination(answering(_ -> List.of((ObjectNode) Lines.json(state("elsewhere", 1)))))
                .run();

        assertThat(scene.store.saved).isEmpty();
        assertThat(report.warnings())
                .containsExactly(
                        "the destination returned a state of the stream elsewhere, which is not part of this sync; it was not stored");
    }

    @Test
    void warnsOnceWhenTheSourceCountsOtherRecordsThanItSent() throws Exception {
        ObjectNode claimsThree =
                with((ObjectNode) Lines.json(state("orders", 1)), "sourceStats", Lines.json("{\"recordCount\":3}"));
        ObjectNode claimsNothing = with((ObjectNode) Lines.json(state("orders", 2)), "sourceStats", Lines.json("{}"));
        SyncReport report = scene.source(
                        record("orders", 1),
                        claimsThree.toString(),
                        claimsThree.toString(),
                        record("orders", 2),
                        claimsNothing.toString())
                .run();

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.warnings())
                .containsExactly("the source counted 3 records for a state of the stream orders, but 1 went through");
        assertThat(scene.heard("STATE").getLast().at("/state/sourceStats").toString())
                .isEqualTo("{\"recordCount\":1.0}");
    }

    @Test
    void warnsWhenTheDestinationCountsOtherRecordsThanItWasSent() throws Exception {
        SyncReport report = scene.source(record("orders", 1), record("orders", 2), state("orders", 2))
                .destination(answering(states ->
                        List.of(with(states.getFirst(), "destinationStats", Lines.json("{\"recordCount\":1.0}")))))
                .run();

        assertThat(report.warnings())
                .containsExactly(
                        "the destination counted 1.0 records for a state of the stream orders, but 2 went through");
    }

    @Test
    void countsRejectedRecordsAsArrived() throws Exception {
        SyncReport report = scene.source(record("orders", 1), record("orders", 2), state("orders", 2))
                .destination(answering(states -> List.of(with(
                        states.getFirst(),
                        "destinationStats",
                        Lines.json("{\"recordCount\":1.0,\"rejectedRecordCount\":1}")))))
                .run();

        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void letsAGlobalStateSpeakForAllStreams() throws Exception {
        SyncReport report = scene.source(record("orders", 1), record("customers", 1), globalState(7, "orders"))
                .run();

        assertThat(scene.heard("STATE")
                        .getFirst()
                        .at("/state/sourceStats/recordCount")
                        .asDouble())
                .isEqualTo(2.0);
        assertThat(report.streams()).allMatch(stream -> stream.committed() == 1);
        assertThat(scene.stored()).isEqualTo("""
                        [{"type":"GLOBAL","global":{"shared_state":{"lsn":7},"stream_states":\
                        [{"stream_descriptor":{"name":"orders"},"stream_state":{"at":7}}]}}]""");
    }

    @Test
    void keepsALegacyStateAsTheBareBlob() throws Exception {
        SyncReport report = scene.source(record("orders", 1), legacyState(3)).run();

        assertThat(report.failures()).isEmpty();
        assertThat(scene.stored()).isEqualTo("{\"cursor\":3}");
    }

    @Test
    void letsASourceGoOnFromLegacyToOneStatePerStream() throws Exception {
        scene.store.with(new SyncState.Legacy(Lines.json("{\"cursor\":3}")));
        scene.source(record("orders", 1), state("orders", 4)).run();

        assertThat(scene.stored()).isEqualTo("""
                        [{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":4}}}]""");
    }

    @Test
    void refusesToReplaceStatesOfStreamsByAGlobalOne() throws Exception {
        scene.store.with(perStream("orders", 1, "customers", 1));
        SyncReport report =
                scene.source(record("orders", 1), globalState(7, "orders")).run();

        assertThat(report.failures().getFirst().code()).isEqualTo("state.other_type");
        assertThat(report.failures().getFirst().getMessage())
                .isEqualTo("the source sends GLOBAL states, but the stored ones are of type STREAM");
        assertThat(report.failures().getFirst().next())
                .contains("a reset is required, for the source to start over: `sluice state reset FILE --all`");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void refusesTwoTypesOfStatesInOneSync() throws Exception {
        SyncReport report = scene.source(record("orders", 1), globalState(7, "orders"), state("orders", 1))
                .run();

        assertThat(report.failures().getFirst().code()).isEqualTo("state.other_type");
    }

    @Test
    void forgetsAStreamWhoseStateIsNull() throws Exception {
        scene.store.with(perStream("orders", 1, "customers", 2));
        scene.source(
                        "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"orders\"},\"stream_state\":null}}}")
                .run();

        assertThat(scene.stored()).doesNotContain("orders").contains("customers");
    }

    @Test
    void keepsAStateDigitByDigit() throws Exception {
        String cursor = "{\"b\":1.50,\"a\":123456789012345678901234567890,\"z\":null,\"e\":{},\"u\":\"é\\n\"}";
        scene.source(state("orders", 0).replace("{\"cursor\":0}", cursor)).run();

        assertThat(scene.stored()).contains("\"stream_state\":" + cursor);
    }

    @Test
    void storesWhatCameBeforeATypeItCannotStore() throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("orders", 1), globalState(1, "orders"))
                .destination(stage -> {
                    stage.hear();
                    stage.say(stage.hear());
                    stage.say(stage.hear());
                    while (stage.hear() != null) {}
                    return new Exited(0);
                })
                .run();

        assertThat(report.isSuccess()).isFalse();
        assertThat(scene.stored()).contains("\"cursor\":1");
    }
}
