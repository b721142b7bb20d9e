package dev.sluice.cdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.MessageWriter;
import dev.sluice.protocol.json.RecordLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What happens, in order: calls of the writer and lines printed, in one list.
class DestinationLoopTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final BlockingQueue<String> returned = new LinkedBlockingQueue<>();
    private boolean isDiskFull;

    @Test
    void returnsStatesAfterTheCommitThatFollowedThemInTheirOrder() throws Exception {
        int code = run(
                record("users", 1),
                state("users", 1),
                record("users", 2),
                state("users", 2),
                complete("users"),
                complete("orders"));

        assertThat(code).isZero();
        assertThat(events)
                .containsExactly(
                        "write users 1",
                        "write users 2",
                        "commit",
                        "state 1 of 1+0",
                        "state 2 of 1+0",
                        "complete users",
                        "commit",
                        "complete orders",
                        "commit",
                        "look here");
    }

    @Test
    void returnsNoStateWhenTheCommitFails() {
        isDiskFull = true;

        assertThatThrownBy(() -> run(record("users", 1), state("users", 1), complete("users")))
                .hasMessage("disk full");

        assertThat(events).containsExactly("write users 1", "commit");
    }

    @Test
    void countsPerStreamWhatItsStateCovers() throws Exception {
        run(
                record("users", 1),
                record("orders", 1),
                record("users", -2),
                state("users", 1),
                record("orders", 2),
                state("orders", 2),
                state("orders", 3),
                complete("users"),
                complete("orders"));

        assertThat(events).containsSubsequence("commit", "state 1 of 1+1", "state 2 of 2+0", "state 3 of 0+0");
    }

    @Test
    void countsAllStreamsForAGlobalState() throws Exception {
        String global =
                "{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"id\":%d,\"global\":{\"stream_states\":[]}}}";
        run(
                record("users", 1),
                record("orders", 1),
                global.formatted(1),
                record("orders", 2),
                "{\"type\":\"STATE\",\"state\":{\"id\":2,\"data\":{}}}",
                complete("users"),
                complete("orders"));

        assertThat(events).containsSubsequence("state 1 of 2+0", "state 2 of 1+0");
    }

    @Test
    void returnsAStateAsItCameButForTheDestinationsOwnCounts() throws Exception {
        String state =
                "{\"type\":\"STATE\",\"news\":[],\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":"
                        + "{\"name\":\"users\",\"namespace\":\"\"},\"stream_state\":{\"n\":1.50,\"big\":1E+400,\"z\":null,\"a\":{}}},"
                        + "\"sourceStats\":{\"recordCount\":0.0,\"news\":1},\"id\":7%s}}";
        run(state.formatted(",\"destinationStats\":{\"recordCount\":9.0}"), complete("users"), complete("orders"));

        assertThat(returned)
                .containsExactly(
                        state.formatted(",\"destinationStats\":{\"recordCount\":0.0,\"rejectedRecordCount\":0.0}"));
    }

    @Test
    void commitsAndReturnsStatesWhenTheSourcePauses() throws Exception {
        try (PipedOutputStream source = new PipedOutputStream();
                PipedInputStream stdin = new PipedInputStream(source, 1 << 20)) {
            Thread loop = Thread.ofVirtual().start(() -> {
                try {
                    loop(stdin).run();
                } catch (Exception e) {
                    events.add(e.getMessage());
                }
            });
            source.write((record("users", 1) + "\n" + state("users", 1) + "\n").getBytes(UTF_8));
            source.flush();

            assertThat(returned.take()).contains("\"id\":1");
            assertThat(events).startsWith("write users 1", "commit", "state 1 of 1+0");

            source.write((state("users", 2) + "\n").getBytes(UTF_8));
            source.flush();

            assertThat(returned.take()).contains("\"id\":2");

            source.write(
                    String.join("\n", complete("users"), complete("orders"), "").getBytes(UTF_8));
            source.close();
            loop.join();
            assertThat(events).endsWith("complete users", "commit", "complete orders", "commit", "look here");
        }
    }

    @Test
    void commitsWhatItHasAndNamesTheStreamsThatWereCutShort() {
        assertThatThrownBy(() -> run(record("users", 1), state("users", 1), complete("orders")))
                .isInstanceOfSatisfying(
                        ConnectorException.class,
                        e -> assertThat(e.failureType()).isEqualTo(FailureType.TRANSIENT_ERROR))
                .hasMessageContaining("before users was complete");

        assertThat(events).containsExactly("write users 1", "commit", "state 1 of 1+0", "complete orders", "commit");
    }

    @Test
    void completesAStreamOnce() throws Exception {
        run(complete("users"), complete("orders"), complete("users"));

        assertThat(events.stream().filter("complete users"::equals)).hasSize(1);
    }

    @Test
    void knowsAStreamWithoutANamespaceInEverySpelling() throws Exception {
        run(
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"namespace\":\"\",\"data\":{\"id\":1},\"emitted_at\":1}}",
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"namespace\":null,\"data\":{\"id\":2},\"emitted_at\":1}}",
                state("users", 1),
                complete("users"),
                complete("orders"));

        assertThat(events).contains("state 1 of 2+0");
    }

    @Test
    void refusesARecordOfAStreamThatIsNotInTheCatalog() {
        assertThatThrownBy(() -> run(record("dogs", 1)))
                .hasMessageContaining("'dogs', which is not in the configured catalog");
        assertThatThrownBy(() -> run(complete("dogs"))).hasMessageContaining("'dogs'");
        assertThat(events).doesNotContain("commit");
    }

    @Test
    void passesOverNoiseAndSaysSo() throws Exception {
        run(
                "noise",
                "",
                "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"x\"}}",
                complete("users"),
                complete("orders"));

        assertThat(events.stream().filter(event -> event.startsWith("WARN")))
                .containsExactly("WARN a line of 5 bytes on standard input is not JSON");
    }

    @Test
    void refusesARecordThatWasCut() {
        assertThatThrownBy(() -> run("{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1"))
                .hasMessageContaining("a record of 58 bytes on standard input is not JSON");
        assertThat(events).isEmpty();
    }

    @Test
    void saysWhereToLookWhenAllWentWell() throws Exception {
        run(complete("users"), complete("orders"));

        assertThat(events).endsWith("look here");
    }

    @Test
    void anInterruptWhileItWaitsEndsItWithoutACommit() {
        InputStream interrupted = new InputStream() {
            @Override
            public int read() throws IOException {
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThatThrownBy(() -> loop(interrupted).run()).isInstanceOf(InterruptedException.class);
        assertThat(events).isEmpty();
        assertThat(Thread.interrupted())
                .as("the interrupt meets whatever is closed next")
                .isFalse();
    }

    private int run(String... lines) throws Exception {
        return loop(new ByteArrayInputStream((String.join("\n", lines) + "\n").getBytes(UTF_8)))
                .run();
    }

    private DestinationLoop loop(InputStream stdin) {
        ConfiguredAirbyteCatalog catalog = new ConfiguredAirbyteCatalog(Stream.of("users", "orders")
                .map(name -> new ConfiguredAirbyteStream(
                        AirbyteStream.fullRefresh(name, Json.mapper().createObjectNode(), List.of()),
                        SyncMode.FULL_REFRESH,
                        List.of(),
                        DestinationSyncMode.APPEND,
                        List.of(),
                        1,
                        0,
                        1))
                .toList());
        MessageEmitter out = new MessageEmitter(
                new MessageWriter(new Printed()), new Secrets(Json.mapper().createObjectNode()));
        return new DestinationLoop(catalog, new RecordingWriter(), new MessageReader(stdin), out);
    }

    private final class RecordingWriter implements DestinationWriter {
        @Override
        public boolean write(RecordLine record) throws IOException {
            int id = Json.mapper()
                    .readTree(record.bytes(), record.dataStart(), record.dataEnd() - record.dataStart())
                    .get("id")
                    .asInt();
            events.add("write %s %d".formatted(record.stream(), id));
            return id > 0;
        }

        @Override
        public void commit() throws IOException {
            events.add("commit");
            if (isDiskFull) {
                throw new IOException("disk full");
            }
        }

        @Override
        public void complete(StreamDescriptor stream) {
            events.add("complete " + stream);
        }

        @Override
        public Optional<String> whereToLook() {
            return Optional.of("look here");
        }

        @Override
        public void close() {}
    }

    /// Adds what is printed to the events.
    private final class Printed extends OutputStream {
        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("lines are written whole");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (String line : new String(bytes, offset, length, UTF_8).lines().toList()) {
                JsonNode json = Json.mapper().readTree(line);
                JsonNode stats = json.at("/state/destinationStats");
                switch (json.path("type").asText()) {
                    case "STATE" -> {
                        events.add("state %s of %d+%d"
                                .formatted(
                                        json.at("/state/id"),
                                        stats.path("recordCount").asInt(),
                                        stats.path("rejectedRecordCount").asInt()));
                        returned.add(line);
                    }
                    case "LOG" ->
                        events.add(json.at("/log/level").asText() + " "
                                + json.at("/log/message").asText());
                    default -> events.add(json.at("/trace/analytics/value").asText());
                }
            }
        }
    }

    private static String record(String stream, int id) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"%s\",\"data\":{\"id\":%d},\"emitted_at\":1}}"
                .formatted(stream, id);
    }

    private static String state(String stream, int id) {
        return ("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"id\":%d,\"stream\":"
                        + "{\"stream_descriptor\":{\"name\":\"%s\"},\"stream_state\":{}}}}")
                .formatted(id, stream);
    }

    private static String complete(String stream) {
        return ("{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1,\"stream_status\":"
                        + "{\"stream_descriptor\":{\"name\":\"%s\"},\"status\":\"COMPLETE\"}}}")
                .formatted(stream);
    }
}
