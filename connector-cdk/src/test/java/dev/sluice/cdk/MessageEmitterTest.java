package dev.sluice.cdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MessageEmitterTest {
    private static final ConfiguredAirbyteStream USERS = stream("users");
    private static final ConfiguredAirbyteStream ORDERS = stream("orders");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Secrets secrets = new Secrets(json("{\"properties\":{\"password\":{\"airbyte_secret\":true}}}"));
    private final MessageEmitter out = emitterTo(printed);

    @Test
    void saysHowAStreamGoes() throws InterruptedException {
        out.stream(USERS, rows -> {
            rows.record(json -> json.writeNumberField("id", 1));
            rows.record(7, json -> json.writeNumberField("id", 2));
            rows.state(json("{\"at\": 2}"));
            rows.record((ObjectNode) json("{\"id\": 3, \"name\": null}"));
            rows.state(json("{\"at\": 3}"));
            rows.state(json("{\"at\": 3}"));
        });

        assertThat(lines())
                .containsExactly(
                        "users STARTED",
                        "users RUNNING",
                        "users {\"id\":1}",
                        "users {\"id\":2}",
                        "users state {\"at\":2} of 2.0",
                        "users {\"id\":3,\"name\":null}",
                        "users state {\"at\":3} of 1.0",
                        "users state {\"at\":3} of 0.0",
                        "users COMPLETE");
        assertThat(out.isComplete(new ConfiguredAirbyteCatalog(List.of(USERS)))).isTrue();
    }

    @Test
    void doesNotSayThatAnEmptyStreamIsRunning() throws InterruptedException {
        out.stream(USERS, rows -> {});

        assertThat(lines()).containsExactly("users STARTED", "users COMPLETE");
    }

    @Test
    void readsTheOtherStreamsWhenOneFails() throws InterruptedException {
        out.stream(USERS, rows -> {
            rows.record(json -> json.writeNumberField("id", 1));
            throw ConnectorException.temporary("the server is tired");
        });
        out.stream(ORDERS, rows -> rows.record(json -> json.writeNumberField("id", 2)));

        assertThat(lines())
                .containsExactly(
                        "users STARTED",
                        "users RUNNING",
                        "users {\"id\":1}",
                        "users error transient_error: the server is tired",
                        "users INCOMPLETE",
                        "orders STARTED",
                        "orders RUNNING",
                        "orders {\"id\":2}",
                        "orders COMPLETE");
        assertThat(out.isComplete(new ConfiguredAirbyteCatalog(List.of(USERS, ORDERS))))
                .isFalse();
        assertThat(out.isComplete(new ConfiguredAirbyteCatalog(List.of(ORDERS))))
                .isTrue();
    }

    @Test
    void aRowThatCannotBeWrittenFailsItsStreamOnly() throws InterruptedException {
        out.stream(USERS, rows -> {
            rows.record(json -> json.writeNumberField("id", 1));
            rows.record(json -> json.writeNumber(2));
        });
        out.stream(ORDERS, rows -> {
            throw new UncheckedIOException("the source's own file is gone", new IOException());
        });

        assertThat(lines())
                .containsExactly(
                        "users STARTED",
                        "users RUNNING",
                        "users {\"id\":1}",
                        "users error system_error: Can not write a number, expecting field name (context: Object)",
                        "users INCOMPLETE",
                        "orders STARTED",
                        "orders error system_error: the source's own file is gone",
                        "orders INCOMPLETE");
    }

    @Test
    void namesAStreamThatWasNeverRead() throws InterruptedException {
        out.stream(USERS, rows -> {});

        assertThat(out.isComplete(new ConfiguredAirbyteCatalog(List.of(USERS, ORDERS))))
                .isFalse();
        assertThat(lines())
                .contains(
                        "orders error config_error: the source has no stream 'orders'; "
                                + "run `discover` and remove the stream from the catalog",
                        "orders INCOMPLETE");
    }

    @Test
    void anInterruptEndsTheStreamAndPassesThrough() {
        assertThatThrownBy(() -> out.stream(USERS, rows -> {
                    rows.record(json -> json.writeNumberField("id", 1));
                    Thread.currentThread().interrupt();
                    rows.record(json -> json.writeNumberField("id", 2));
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(lines()).containsExactly("users STARTED", "users RUNNING", "users {\"id\":1}", "users INCOMPLETE");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whatAnInterruptMadeOfACallIsNoFailure() {
        assertThatThrownBy(() -> out.stream(USERS, rows -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("the library gave up");
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(lines()).containsExactly("users STARTED", "users INCOMPLETE");
    }

    @Test
    void endsEverythingWhenNobodyReadsTheOutput() {
        MessageEmitter unheard = emitterTo(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        assertThatThrownBy(() -> unheard.stream(USERS, rows -> {}))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Broken pipe");
    }

    @Test
    void saysThatItWaitsForAQuota() throws InterruptedException {
        out.stream(USERS, rows -> rows.rateLimitedUntil(Instant.ofEpochMilli(1_760_000_000_000L)));

        assertThat(printed.toString(UTF_8))
                .contains("\"status\":\"RUNNING\",\"reasons\":[{\"type\":\"RATE_LIMITED\","
                        + "\"rate_limited\":{\"quota_reset\":1760000000000}}]");
    }

    @Test
    void masksSecretsInLogsErrorsCausesAndStackTraces() throws InterruptedException {
        secrets.learn(json("{\"password\": \"sesame\"}"));
        out.info("trying sesame");
        out.stream(USERS, rows -> {
            rows.warn("sesame again");
            throw new IllegalStateException("no sesame", new IOException("sesame at the root"));
        });
        out.error(ConnectorException.config("sesame", new IOException("sesame")), Optional.empty());

        assertThat(printed.toString(UTF_8))
                .contains("trying ****", "**** again", "no ****", "Caused by: java.io.IOException: **** at the root")
                .doesNotContain("sesame");
    }

    @Test
    void masksTheNewSecretOfAConfigurationThatWasReplaced() {
        out.replaceConfig((ObjectNode) json("{\"password\": \"renewed\"}"));
        out.info("trying renewed");

        assertThat(printed.toString(UTF_8).lines().toList().getFirst())
                .contains("\"type\":\"CONTROL\"")
                .contains("\"connectorConfig\":{\"config\":{\"password\":\"renewed\"}}");
        assertThat(printed.toString(UTF_8)).contains("trying ****").doesNotContain("trying renewed");
    }

    @Test
    void streamsReadSideBySideKeepTheirLinesWholeAndTheirCountsRight() throws Exception {
        int streams = 4;
        int states = 200;
        CyclicBarrier start = new CyclicBarrier(streams);
        try (ExecutorService threads = Executors.newFixedThreadPool(streams)) {
            List<Future<?>> reads = new ArrayList<>();
            for (int s = 0; s < streams; s++) {
                ConfiguredAirbyteStream stream = stream("stream " + s);
                reads.add(threads.submit(() -> {
                    start.await();
                    out.stream(stream, rows -> {
                        for (int state = 0; state < states; state++) {
                            for (int row = 0; row < state % 7; row++) {
                                int width = row * 500;
                                rows.record(json -> json.writeStringField("text", "x".repeat(width)));
                            }
                            rows.state(json("{\"n\":" + state + "}"));
                        }
                    });
                    return null;
                }));
            }
            for (Future<?> read : reads) {
                read.get();
            }
        }

        Map<String, Integer> rows = new HashMap<>();
        int seen = 0;
        for (String line : printed.toString(UTF_8).lines().toList()) {
            JsonNode message = json(line);
            switch (message.path("type").asText()) {
                case "RECORD" -> rows.merge(message.at("/record/stream").asText(), 1, Integer::sum);
                case "STATE" -> {
                    Integer before = rows.remove(
                            message.at("/state/stream/stream_descriptor/name").asText());
                    assertThat(message.at("/state/sourceStats/recordCount").asInt())
                            .isEqualTo(before == null ? 0 : before);
                    seen++;
                }
                default -> assertThat(message.path("type").asText()).isEqualTo("TRACE");
            }
        }
        assertThat(seen).isEqualTo(streams * states);
        assertThat(rows).isEmpty();
    }

    private MessageEmitter emitterTo(OutputStream stream) {
        return new MessageEmitter(new MessageWriter(stream), secrets);
    }

    /// What was printed, in short.
    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (String line : printed.toString(UTF_8).lines().toList()) {
            JsonNode json = json(line);
            JsonNode trace = json.path("trace");
            lines.add(
                    switch (json.path("type").asText() + trace.path("type").asText()) {
                        case "RECORD" -> json.at("/record/stream").asText() + " " + json.at("/record/data");
                        case "STATE" ->
                            "%s state %s of %s"
                                    .formatted(
                                            json.at("/state/stream/stream_descriptor/name")
                                                    .asText(),
                                            json.at("/state/stream/stream_state"),
                                            json.at("/state/sourceStats/recordCount"));
                        case "TRACESTREAM_STATUS" ->
                            trace.at("/stream_status/stream_descriptor/name").asText() + " "
                                    + trace.at("/stream_status/status").asText();
                        case "TRACEERROR" ->
                            "%s error %s: %s"
                                    .formatted(
                                            trace.at("/error/stream_descriptor/name")
                                                    .asText(),
                                            trace.at("/error/failure_type").asText(),
                                            trace.at("/error/message").asText());
                        default -> line;
                    });
        }
        return lines;
    }

    private static ConfiguredAirbyteStream stream(String name) {
        return new ConfiguredAirbyteStream(
                AirbyteStream.fullRefresh(name, Json.mapper().createObjectNode(), List.of()),
                SyncMode.FULL_REFRESH,
                List.of(),
                DestinationSyncMode.APPEND,
                List.of(),
                1,
                0,
                1);
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
