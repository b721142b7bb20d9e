package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.fullRefresh;
import static dev.sluice.runner.sync.Lines.inNamespace;
import static dev.sluice.runner.sync.Lines.incremental;
import static dev.sluice.runner.sync.Lines.json;
import static dev.sluice.runner.sync.Lines.record;
import static dev.sluice.runner.sync.Lines.resumable;
import static dev.sluice.runner.sync.Lines.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.connection.StreamSettings.WriteMode;
import dev.sluice.runner.launch.ExitStatus.Exited;
import dev.sluice.runner.state.Generation;
import dev.sluice.runner.state.SyncState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What each stream does, made from the file, the catalog and what is stored.
@Timeout(60)
final class SyncPlanTest {
    private static final List<DestinationSyncMode> ALL = List.of(DestinationSyncMode.values());

    private final Map<String, StreamSettings> settings = new LinkedHashMap<>();
    private StreamSettings defaults = StreamSettings.DEFAULT;
    private List<DestinationSyncMode> destinationModes = ALL;

    private static StreamSettings choose(
            String mode, String destinationMode, String cursor, String key, String... fields) {
        return new StreamSettings(
                Optional.ofNullable(mode).map(SyncMode::valueOf),
                Optional.ofNullable(destinationMode).map(WriteMode::valueOf),
                cursor == null ? List.of() : List.of(cursor),
                key == null ? List.of() : List.of(List.of(key)),
                Set.of(fields),
                7);
    }

    private SyncPlan plan(AirbyteStream... streams) {
        Connection scene = new Scene().connection();
        Connection connection = new Connection(
                scene.name(),
                scene.place(),
                scene.source(),
                scene.destination(),
                settings,
                defaults,
                Optional.empty(),
                scene.limits(),
                Optional.empty());
        return SyncPlan.make(
                connection,
                new AirbyteCatalog(List.of(streams)),
                ConnectorSpecification.destination("", Json.mapper().createObjectNode(), destinationModes),
                SyncState.EMPTY,
                Map.of(),
                0);
    }

    private static List<String> modes(SyncPlan plan) {
        return plan.streams().stream()
                .map(s -> "%s %s %s".formatted(s.descriptor(), s.mode(), s.destinationMode()))
                .toList();
    }

    /// A stream with an incremental mode, and a cursor and a key that the user must name.
    private static AirbyteStream open(String name) {
        return new AirbyteStream(
                name,
                Optional.empty(),
                Lines.schema(),
                List.of(SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void choosesWhatSuitsTheStreamWhenTheFileIsSilent() {
        assertThat(modes(plan(incremental("orders"), fullRefresh("products"), open("events"))))
                .containsExactly(
                        "orders INCREMENTAL APPEND_DEDUP",
                        "products FULL_REFRESH OVERWRITE",
                        "events FULL_REFRESH OVERWRITE");
    }

    @Test
    void takesTheModesOfTheConnectionForTheStreamsThatCan() {
        defaults = choose("INCREMENTAL", null, null, null);
        assertThat(modes(plan(incremental("orders"), fullRefresh("products"))))
                .containsExactly("orders INCREMENTAL APPEND_DEDUP", "products FULL_REFRESH OVERWRITE");
        defaults = choose("FULL_REFRESH", "APPEND", null, null);
        assertThat(modes(plan(incremental("orders")))).containsExactly("orders FULL_REFRESH APPEND");
    }

    @Test
    void appendsWhereTheDestinationCanDoNothingElse() {
        destinationModes = List.of(DestinationSyncMode.APPEND);
        assertThat(modes(plan(incremental("orders"), fullRefresh("products"))))
                .containsExactly("orders INCREMENTAL APPEND", "products FULL_REFRESH APPEND");
    }

    @Test
    void doesNotRemoveDuplicatesInADestinationThatDoesNotSayItCan() {
        destinationModes = List.of();
        assertThat(modes(plan(incremental("orders"), fullRefresh("products"))))
                .containsExactly("orders INCREMENTAL APPEND", "products FULL_REFRESH OVERWRITE");
    }

    @Test
    void takesTheStreamsNamedAndTheFullNameBeforeTheShortOne() {
        settings.put("orders", choose("FULL_REFRESH", null, null, null));
        settings.put("eu.orders", choose("INCREMENTAL", null, null, null));
        assertThat(modes(plan(
                        inNamespace("eu", incremental("orders")),
                        inNamespace("us", incremental("orders")),
                        incremental("other"))))
                .containsExactly("eu.orders INCREMENTAL APPEND_DEDUP", "us.orders FULL_REFRESH OVERWRITE");
    }

    @Test
    void reportsEverythingThatDoesNotFitAtOnce() {
        settings.put("ordres", StreamSettings.DEFAULT);
        settings.put("events", choose("INCREMENTAL", "APPEND_DEDUP", null, null));
        settings.put("products", choose("INCREMENTAL", null, null, null));
        settings.put("orders", choose("INCREMENTAL", "OVERWRITE", null, null, "naem"));
        assertThatThrownBy(() -> plan(incremental("orders"), fullRefresh("products"), open("events")))
                .hasMessage("""
                        there are 7 problems in the connection file
                          orders.yaml: `streams.ordres` is not a stream of source-x; did you mean 'orders'?
                          orders.yaml:7: `streams.orders.destination_mode` would replace all rows by the new ones alone; use append or append_dedup, or `mode: full_refresh`
                          orders.yaml:7: `streams.orders.fields` 'naem' is not a column; did you mean 'name'?
                          orders.yaml:7: `streams.orders.fields` must keep the key and the cursor; add id
                          orders.yaml:7: `streams.products.mode` is incremental, but the source can only read this stream whole (full_refresh)
                          orders.yaml:7: `streams.events.mode` is incremental, which needs a `cursor:` for this stream
                          orders.yaml:7: `streams.events.destination_mode` removes duplicates, which needs a `key:` for this stream""");
    }

    @Test
    void refusesAModeTheDestinationDoesNotHave() {
        destinationModes = List.of(DestinationSyncMode.APPEND);
        settings.put("products", choose(null, "OVERWRITE", null, null));
        settings.put("orders", choose(null, "APPEND_DEDUP", null, null));
        assertThatThrownBy(() -> plan(incremental("orders"), fullRefresh("products")))
                .hasMessage("""
                        there are 2 problems in the connection file
                          orders.yaml:7: `streams.orders.destination_mode` removes duplicates, which this destination cannot
                          orders.yaml:7: `streams.products.destination_mode` replaces what is there, which this destination cannot""");
    }

    @Test
    void takesTheUsersCursorAndKeyOnlyWhereTheSourceHasNone() {
        settings.put("events", choose(null, null, "id", "name"));
        settings.put("orders", choose(null, null, "name", "name"));
        SyncPlan plan = plan(open("events"), incremental("orders"));
        assertThat(plan.streams())
                .extracting(s -> s.cursor() + " " + s.key())
                .containsExactly("[id] [[name]]", "[id] [[id]]");
    }

    @Test
    void reducesTheSchemaToTheChosenColumns() {
        settings.put("orders", choose(null, null, null, null, "id"));
        assertThat(plan(incremental("orders")).catalog(1).streams().getFirst().stream()
                        .jsonSchema()
                        .get("properties")
                        .toString())
                .isEqualTo("{\"id\":{\"type\":\"integer\"}}");
    }

    /// What the destination is told about generations in each of several syncs of one connection.
    private static List<String> generations(Scene scene, String stream, List<Exited> ends, String... said)
            throws Exception {
        List<String> told = new ArrayList<>();
        for (Exited end : ends) {
            scene.source(stage -> {
                        JsonNode configured = catalog(stage.command()).at("/streams/0");
                        told.add("%s/%s of %s, %s"
                                .formatted(
                                        configured.get("minimum_generation_id"),
                                        configured.get("generation_id"),
                                        configured.get("sync_id"),
                                        configured.get("destination_sync_mode").asText()));
                        stage.say(said);
                        return end;
                    })
                    .run();
        }
        return told;
    }

    private static JsonNode catalog(dev.sluice.runner.launch.ConnectorCommand command) {
        return ((dev.sluice.runner.launch.ConnectorCommand.Read) command).catalog();
    }

    private static final Exited WELL = new Exited(0);
    private static final Exited BADLY = new Exited(1);

    @Test
    void givesAGenerationThatAStoreWhichWasLostCannotHaveGiven() {
        assertThat(new Generation(7, true).next(1_760_000_000)).isEqualTo(new Generation(1_760_000_000, false));
        assertThat(new Generation(1_760_000_000, true).next(1_760_000_000))
                .isEqualTo(new Generation(1_760_000_001, false));
    }

    @Test
    void startsAFullRefreshOverInANewGenerationEachTime() throws Exception {
        assertThat(generations(
                        new Scene(fullRefresh("products")),
                        "products",
                        List.of(WELL, BADLY, WELL),
                        record("products", 1)))
                .containsExactly("1/1 of 1, overwrite", "2/2 of 2, overwrite", "3/3 of 3, overwrite");
    }

    @Test
    void keepsAllGenerationsOfAFullRefreshThatAppends() throws Exception {
        Scene scene = new Scene(fullRefresh("products")).settings("products", choose(null, "APPEND", null, null));
        assertThat(generations(scene, "products", List.of(WELL, WELL), record("products", 1)))
                .containsExactly("0/1 of 1, append", "0/2 of 2, append");
    }

    @Test
    void neverRaisesTheGenerationOfAnIncrementalStream() throws Exception {
        assertThat(generations(
                        new Scene(incremental("orders")),
                        "orders",
                        List.of(WELL, BADLY, WELL),
                        record("orders", 1),
                        state("orders", 1)))
                .containsExactly("0/0 of 1, append_dedup", "0/0 of 2, append_dedup", "0/0 of 3, append_dedup");
    }

    @Test
    void continuesAFullRefreshThatWasCutShortWhereTheSourceCan() throws Exception {
        Scene scene = new Scene(resumable("products"));
        assertThat(generations(
                        scene,
                        "products",
                        List.of(BADLY, BADLY, WELL, WELL),
                        record("products", 1),
                        state("products", 1)))
                .containsExactly(
                        "1/1 of 1, overwrite", "1/1 of 2, overwrite", "1/1 of 3, overwrite", "2/2 of 4, overwrite");
    }

    /// The destination commits rows before it returns their state: a runner that is killed between the two sends them
    /// again.
    @Test
    void removesByKeyTheRowsThatComeAgainWhenAFullRefreshGoesOn() throws Exception {
        Scene scene = new Scene(resumable("products")).settings("products", choose(null, null, null, "id"));
        assertThat(generations(
                        scene,
                        "products",
                        List.of(BADLY, BADLY, WELL, WELL),
                        record("products", 1),
                        state("products", 1)))
                .containsExactly(
                        "1/1 of 1, overwrite",
                        "1/1 of 2, append_dedup",
                        "1/1 of 3, append_dedup",
                        "2/2 of 4, overwrite");
    }

    @Test
    void startsAResumableFullRefreshOverWhenNothingOfItWasStored() throws Exception {
        assertThat(generations(
                        new Scene(resumable("products")), "products", List.of(BADLY, WELL), record("products", 1)))
                .containsExactly("1/1 of 1, overwrite", "2/2 of 2, overwrite");
    }

    @Test
    void removesDuplicatesOfAReplacedStreamByGenerationAndMode() throws Exception {
        Scene scene = new Scene(incremental("orders"))
                .settings("orders", choose("FULL_REFRESH", "OVERWRITE_DEDUP", null, null));
        assertThat(generations(scene, "orders", List.of(WELL), record("orders", 1)))
                .containsExactly("1/1 of 1, append_dedup");
    }

    @Test
    void forgetsTheStateOfAFullRefreshBeforeItStartsOver() throws Exception {
        Scene scene = new Scene(fullRefresh("products"), incremental("orders"));
        scene.source(record("products", 1), state("products", 1), record("orders", 1), state("orders", 1))
                .run();
        assertThat(scene.stored()).contains("products", "orders");

        assertThat(scene.plan().from().toDocument().orElseThrow().toString()).isEqualTo("""
                        [{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":1}}}]""");
    }

    @Test
    void takesOnlyTheStreamThatStartsOverOutOfAGlobalState() {
        ObjectNode global = (ObjectNode) json("""
                {"shared_state":{"lsn":7},"stream_states":[\
                {"stream_descriptor":{"name":"a","namespace":"public"},"stream_state":{"at":1}},\
                {"stream_descriptor":{"name":"b"},"stream_state":{"at":2}}]}""");
        SyncState stored = new SyncState.Global(global);

        assertThat(stored.without(Set.of(new StreamDescriptor("a", Optional.of("public"))))
                        .toDocument())
                .map(JsonNode::toString)
                .contains("""
                        [{"type":"GLOBAL","global":{"shared_state":{"lsn":7},"stream_states":[\
                        {"stream_descriptor":{"name":"b"},"stream_state":{"at":2}}]}}]""");
        assertThat(stored.without(Set.of(new StreamDescriptor("a", Optional.of("public")), new StreamDescriptor("b"))))
                .isEqualTo(SyncState.EMPTY);
        assertThat(global.get("stream_states"))
                .as("the stored one is not changed")
                .hasSize(2);
    }

    @Test
    void hasNoDocumentForAnEmptyState() {
        assertThat(new SyncState.PerStream(new TreeMap<>()).toDocument()).isEmpty();
    }
}
