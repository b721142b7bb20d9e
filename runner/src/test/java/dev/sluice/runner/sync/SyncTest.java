package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.error;
import static dev.sluice.runner.sync.Lines.fullRefresh;
import static dev.sluice.runner.sync.Lines.incremental;
import static dev.sluice.runner.sync.Lines.log;
import static dev.sluice.runner.sync.Lines.record;
import static dev.sluice.runner.sync.Lines.state;
import static dev.sluice.runner.sync.Lines.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ExitStatus.Exited;
import dev.sluice.runner.launch.ExitStatus.Killed;
import dev.sluice.runner.launch.ExitStatus.OutOfMemory;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.sync.ScriptedLauncher.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The ways a sync can end, and what is stored after each.
@Timeout(60)
final class SyncTest {
    private final Scene scene = new Scene(incremental("orders"));

    @AfterEach
    void closesWhatItStarted() {
        if (scene.launcher != null) {
            assertThat(scene.launcher.launched).allMatch(connector -> connector.closed);
        }
    }

    private static List<String> codes(SyncReport report) {
        return report.failures().stream().map(RunnerException::code).toList();
    }

    private static RunnerException cause(SyncReport report) {
        return report.failures().getFirst();
    }

    @Test
    void movesRecordsAndStoresTheStateTheDestinationReturned() throws Exception {
        SyncReport report = scene.source(
                        log("reading"),
                        record("orders", 1),
                        record("orders", 2),
                        state("orders", 2),
                        status("orders", "COMPLETE"))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings()).isEmpty();
        assertThat(scene.stored()).isEqualTo("""
                        [{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":2}}}]""");
        assertThat(report.records()).isEqualTo(2);
        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
        assertThat(report.streams().getFirst().complete()).isTrue();
    }

    @Test
    void forwardsRecordsStatesAndCompleteAndNothingElse() throws Exception {
        scene.source(
                        status("orders", "STARTED"),
                        log("reading"),
                        "noise",
                        record("orders", 1),
                        error("transient_error", "retried"),
                        state("orders", 1),
                        "{\"type\":\"CONTROL\",\"control\":{\"type\":\"CONNECTOR_CONFIG\",\"emitted_at\":1,\"connectorConfig\":{\"config\":{}}}}",
                        "{\"type\":\"FUTURE\"}")
                .run();

        assertThat(scene.heard).extracting(m -> m.get("type").asText()).containsExactly("RECORD", "STATE", "TRACE");
        assertThat(scene.completed()).containsExactly("orders");
    }

    @Test
    void forwardsTheBytesOfARecordAsTheyCame() throws Exception {
        String odd =
                "{ \"type\":\"RECORD\" ,\"future\":1,\"record\":{\"stream\":\"orders\",\"data\":{\"id\":1180591620717411303424,"
                        + "\"amount\":1.50E+400,\"name\":\"\\u00e9\"},\"emitted_at\":1}}";
        String[] got = new String[1];
        scene.source(odd)
                .destination(stage -> {
                    got[0] = stage.hear();
                    while (stage.hear() != null) {}
                    return new Exited(0);
                })
                .run();

        assertThat(got[0]).isEqualTo(odd);
    }

    @Test
    void givesTheNextSyncTheStoredState() throws Exception {
        scene.source(record("orders", 1), state("orders", 1)).run();
        String[] given = new String[1];
        scene.source(stage -> {
                    given[0] = ((ConnectorCommand.Read) stage.command())
                            .state()
                            .orElseThrow()
                            .toString();
                    return new Exited(0);
                })
                .run();

        assertThat(given[0]).isEqualTo("""
                        [{"type":"STREAM","stream":{"stream_descriptor":{"name":"orders"},"stream_state":{"cursor":1}}}]""");
    }

    @Test
    void leavesTheStateOptionOutWhenThereIsNone() throws Exception {
        boolean[] absent = new boolean[1];
        scene.source(stage -> {
                    absent[0] =
                            ((ConnectorCommand.Read) stage.command()).state().isEmpty();
                    return new Exited(0);
                })
                .run();

        assertThat(absent[0]).isTrue();
    }

    @Test
    void keepsWhatWasCommittedWhenTheSourceFails() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1), record("orders", 2));
                    stage.say(error("config_error", "the key has expired"));
                    return new Exited(1);
                })
                .run();

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly(
                        "source-x: the key has expired",
                        "source-x exited with code 1 during read",
                        "destination-y: some streams were not complete",
                        "destination-y exited with code 1 during write");
        assertThat(cause(report).type()).isEqualTo(FailureType.CONFIG_ERROR);
        assertThat(scene.heard("RECORD")).as("what was read is not thrown away").hasSize(2);
        assertThat(scene.completed()).isEmpty();
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(report.streams().getFirst().complete()).isFalse();
    }

    @Test
    void namesTheSourceFirstEvenWhenItLeftNoTrace() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.complain("Traceback (most recent call last):");
                    stage.complain("ValueError: no such page");
                    return new Exited(1);
                })
                .run();

        assertThat(cause(report).getMessage())
                .isEqualTo("source-x exited with code 1 during read; it last said: ValueError: no such page");
        assertThat(codes(report)).containsExactly("connector.exited", "connector.failed", "connector.exited");
    }

    @Test
    void saysThatASourceWasKilledForItsMemory() throws Exception {
        SyncReport report = scene.source(Scene.playing(new OutOfMemory(512 << 20), record("orders", 1)))
                .run();

        assertThat(cause(report).getMessage())
                .isEqualTo("source-x was killed: it used all of its 512 MiB of memory during read");
        assertThat(cause(report).next()).contains("raise `memory:` of this connector in the connection file");
    }

    @Test
    void explainsADestinationThatWasKilledByHowItEndedAndNotByWhatItSaidLast() throws Exception {
        SyncReport report = scene.source(record("orders", 1))
                .destination(stage -> {
                    stage.hear();
                    stage.say(error("transient_error", "the buffer is nearly full"));
                    return new Killed(9);
                })
                .run();

        assertThat(cause(report).getMessage()).isEqualTo("destination-y was killed by signal 9 during write");
    }

    @Test
    void succeedsWhenASourceReportsAnErrorAndEndsWell() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1), error("transient_error", "one page came late"), state("orders", 1))
                .run();

        assertThat(report.isSuccess()).isTrue();
        assertThat(scene.completed()).containsExactly("orders");
        assertThat(report.warnings()).containsExactly("source-x: one page came late");
    }

    @Test
    void failsInStrictModeWhenASourceReportsAnErrorAndEndsWell() throws Exception {
        SyncReport report = scene.strict()
                .source(record("orders", 1), error("transient_error", "one page came late"), state("orders", 1))
                .run();

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly("source-x: one page came late");
        assertThat(report.warnings()).isEmpty();
        assertThat(report.streams().getFirst().complete()).isFalse();
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void stopsTheSourceWhenTheDestinationDies() throws Exception {
        CountDownLatch sourceStopped = new CountDownLatch(1);
        SyncReport report = scene.source(stage -> {
                    try {
                        stage.say(record("orders", 1), state("orders", 1));
                        stage.hang();
                    } finally {
                        sourceStopped.countDown();
                    }
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.hear();
                    stage.say(error("config_error", "permission denied for schema staging"));
                    return new Exited(1);
                })
                .run();

        assertThat(sourceStopped.getCount()).isZero();
        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly(
                        "destination-y: permission denied for schema staging",
                        "destination-y exited with code 1 during write");
        assertThat(scene.store.saved).isEmpty();
    }

    @Test
    void stopsASourceThatKeepsSendingToADeadDestination() throws Exception {
        SyncReport report = scene.source(stage -> {
                    for (int i = 0; ; i++) {
                        stage.say(record("orders", i));
                    }
                })
                .destination(stage -> {
                    stage.hear();
                    return new Exited(3);
                })
                .run();

        assertThat(codes(report)).containsExactly("connector.exited");
        assertThat(cause(report).getMessage()).isEqualTo("destination-y exited with code 3 during write");
    }

    @Test
    void keepsWhatADeadDestinationHadReturned() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1), record("orders", 2), state("orders", 2));
                    stage.hang();
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.hear();
                    stage.say(stage.hear());
                    return new Killed(9);
                })
                .run();

        assertThat(report.isSuccess()).isFalse();
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void failsWhenTheDestinationStopsEarlyWithoutComplaint() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.say(record("orders", 1));
                    stage.hang();
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.hear();
                    return new Exited(0);
                })
                .run();

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly("destination-y ended before the source had");
        assertThat(report.streams().getFirst().complete()).isFalse();
    }

    @Test
    void failsWhenTheDestinationClosesItsInputAndLeavesWell() throws Exception {
        SyncReport report = scene.source(stage -> {
                    for (int i = 0; i < 100_000; i++) {
                        stage.say(record("orders", i));
                    }
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.closeInput();
                    return new Exited(0);
                })
                .run();

        assertThat(report.isSuccess()).isFalse();
        assertThat(cause(report).code()).isIn("destination.ended_early", "destination.stopped_reading");
    }

    @Test
    void storesStatesThatComeWhileTheDestinationDrainsAfterASourceFailure() throws Exception {
        scene.source(Scene.playing(new Exited(1), record("orders", 1), state("orders", 1)))
                .destination(stage -> {
                    stage.hear();
                    String state = stage.hear();
                    assertThat(stage.hear()).as("the end of the input").isNull();
                    stage.say(state);
                    return new Exited(1);
                })
                .run();

        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void storesTheNewestStatesOnceTheStoreIsBack() throws Exception {
        Scene two = new Scene(incremental("orders"), incremental("customers"));
        CountDownLatch noticed = new CountDownLatch(1);
        two.onLog("could not be stored", noticed::countDown);
        SyncReport report = two.source(
                        record("orders", 1), state("orders", 1), record("customers", 1), state("customers", 2))
                .destination(stage -> {
                    stage.hear();
                    String orders = stage.hear();
                    stage.hear();
                    String customers = stage.hear();
                    two.store.goDown();
                    stage.say(orders);
                    noticed.await();
                    two.store.comeBack();
                    stage.say(customers);
                    while (stage.hear() != null) {}
                    return new Exited(0);
                })
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(two.store.saved).hasSize(1);
        assertThat(two.stored()).contains("\"cursor\":1", "\"cursor\":2");
    }

    @Test
    void failsWhenTheStoreIsDownForTooLongAndStopsBothConnectors() throws Exception {
        SyncReport report = scene.storeTimeout(Duration.ofNanos(-1))
                .source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1));
                    stage.hang();
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.hear();
                    scene.store.goDown();
                    stage.say(stage.hear());
                    stage.hang();
                    return new Exited(0);
                })
                .run();

        assertThat(codes(report)).containsExactly("state.unavailable");
        assertThat(cause(report).type()).isEqualTo(FailureType.TRANSIENT_ERROR);
        assertThat(cause(report).where()).contains("state.db");
        assertThat(report.warnings()).isEmpty();
    }

    @Test
    void failsWhenTheLastStateCannotBeStored() throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("orders", 1))
                .destination(stage -> {
                    stage.hear();
                    String state = stage.hear();
                    while (stage.hear() != null) {}
                    scene.store.goDown();
                    stage.say(state);
                    return new Exited(0);
                })
                .run();

        assertThat(codes(report)).containsExactly("state.unavailable");
        assertThat(report.streams().getFirst().complete()).isFalse();
    }

    @Test
    void failsWhenACompleteStreamCannotBeNoted() throws Exception {
        SyncReport report = scene.source(record("orders", 1))
                .destination(stage -> {
                    while (stage.hear() != null) {}
                    scene.store.goDown();
                    return new Exited(0);
                })
                .run();

        assertThat(codes(report)).containsExactly("state.unavailable");
    }

    @Test
    void failsOnARecordOfAStreamItDidNotAskFor() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1), record("Orders", 2));
                    stage.hang();
                    return new Exited(0);
                })
                .run();

        assertThat(cause(report).getMessage())
                .isEqualTo("source-x sent a record of the stream 'Orders', which it was not asked for");
        assertThat(scene.stored()).as("what came before it is kept").contains("\"cursor\":1");
        assertThat(scene.completed()).isEmpty();
    }

    @Test
    void dropsAStateOfAStreamItDidNotAskFor() throws Exception {
        SyncReport report = scene.source(record("orders", 1), state("customers", 5), state("orders", 1))
                .run();

        assertThat(report.isSuccess()).isTrue();
        assertThat(scene.heard("STATE")).hasSize(1);
        assertThat(scene.log).contains("WARN source-x: sent a state of a stream it was not asked for; it was dropped");
    }

    @Test
    void failsWhenARecordWasLost() throws Exception {
        SyncReport report = scene.source(
                        record("orders", 1),
                        "{\"type\": \"RECORD\", \"record\": {\"stream\": \"orders\", \"data\": {\"name\": \"Ann Smi",
                        record("orders", 2),
                        state("orders", 2))
                .run();

        assertThat(cause(report).getMessage())
                .isEqualTo(
                        "source-x printed a record of 75 bytes that is not JSON; it is lost, and nothing behind it was"
                                + " stored");
        assertThat(scene.completed()).isEmpty();
        assertThat(scene.stored()).as("the state behind the lost record").doesNotContain("\"cursor\":2");
        assertThat(scene.log).as("customer data").noneMatch(line -> line.contains("Ann"));
    }

    @Test
    void failsWhenTwoMessagesShareALine() throws Exception {
        SyncReport report =
                scene.source(record("orders", 1) + record("orders", 2)).run();

        assertThat(report.isSuccess()).isFalse();
        assertThat(scene.heard("RECORD")).hasSize(1);
    }

    @Test
    void survivesNoiseAndMessagesFromTheFuture() throws Exception {
        SyncReport report = scene.source(
                        "\uFEFFLoading driver…",
                        "",
                        "   ",
                        "42",
                        "[]",
                        "{",
                        "}",
                        "{\"type\":\"STATE\"}",
                        "{\"type\":\"FUTURE\",\"future\":{}}",
                        "{\"type\":\"TRACE\",\"trace\":{\"type\":\"FUTURE\",\"emitted_at\":1}}",
                        record("orders", 1) + "\r",
                        state("orders", 1))
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(scene.heard("RECORD")).hasSize(1);
        assertThat(scene.log).contains("INFO source-x: Loading driver…", "INFO source-x: 42");
    }

    @Test
    void takesAnEmptyNamespaceForNone() throws Exception {
        SyncReport report = scene.source(
                        "{\"type\":\"RECORD\",\"record\":{\"namespace\":\"\",\"stream\":\"orders\",\"data\":{\"id\":1},\"emitted_at\":1}}",
                        "{\"type\":\"RECORD\",\"record\":{\"namespace\":null,\"stream\":\"orders\",\"data\":{\"id\":2},\"emitted_at\":1}}",
                        "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":"
                                + "{\"name\":\"orders\",\"namespace\":\"\"},\"stream_state\":{\"cursor\":2}}}}")
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
    }

    @Test
    void keepsStreamsOfOneNameInTwoNamespacesApart() throws Exception {
        Scene two = new Scene(
                Lines.inNamespace("eu", incremental("orders")), Lines.inNamespace("us", incremental("orders")));
        String record =
                "{\"type\":\"RECORD\",\"record\":{\"namespace\":\"%s\",\"stream\":\"orders\",\"data\":{\"id\":1},\"emitted_at\":1}}";
        SyncReport report = two.source(record.formatted("eu"), record.formatted("us"), record.formatted("us"))
                .run();

        assertThat(report.streams())
                .extracting(stream -> stream.stream() + " " + stream.records())
                .containsExactly("eu.orders 1", "us.orders 2");
    }

    @Test
    void startsNothingForAnEmptyCatalog() throws Exception {
        Scene empty = new Scene();
        SyncReport report = empty.run();

        assertThat(report.isSuccess()).isTrue();
        assertThat(empty.launcher.launched).isEmpty();
    }

    /// A launcher that cannot start one side, whose other side starts only when it is interrupted, or before.
    private static ScriptedLauncher failingToStart(
            Class<? extends ConnectorCommand> side, RunnerException why, CountDownLatch otherStarts) {
        return new ScriptedLauncher(
                stage -> {
                    stage.hang();
                    return new Exited(0);
                },
                stage -> {
                    stage.hang();
                    return new Exited(0);
                }) {
            @Override
            public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
                    throws InterruptedException {
                if (side.isInstance(command)) {
                    otherStarts.await();
                    throw why;
                }
                otherStarts.countDown();
                return super.launch(connector, command, stderr);
            }
        };
    }

    private static final RunnerException NO_IMAGE = new RunnerException(
            FailureType.CONFIG_ERROR, "docker.no_such_image", "the image destination-y is not here", "", "");

    @Test
    void closesTheSourceWhenTheDestinationCannotBeStarted() throws Exception {
        ScriptedLauncher launcher = failingToStart(ConnectorCommand.Write.class, NO_IMAGE, new CountDownLatch(1));
        SyncReport report = scene.run(launcher);

        assertThat(codes(report)).containsExactly("docker.no_such_image");
        assertThat(launcher.launched).hasSize(1).allMatch(connector -> connector.closed);
    }

    @Test
    void closesTheDestinationWhenTheSourceCannotBeStarted() throws Exception {
        ScriptedLauncher launcher = failingToStart(ConnectorCommand.Read.class, NO_IMAGE, new CountDownLatch(1));
        SyncReport report = scene.run(launcher);

        assertThat(codes(report)).containsExactly("docker.no_such_image");
        assertThat(launcher.launched).hasSize(1).allMatch(connector -> connector.closed);
    }

    @Test
    void doesNotWaitForAStartThatIsForNothing() throws Exception {
        CountDownLatch pulling = new CountDownLatch(1);
        CountDownLatch givenUp = new CountDownLatch(1);
        ScriptedLauncher launcher = new ScriptedLauncher(scene.returning(), scene.returning()) {
            @Override
            public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
                    throws InterruptedException {
                if (command instanceof ConnectorCommand.Read) {
                    pulling.await();
                    throw NO_IMAGE;
                }
                pulling.countDown();
                try {
                    new CountDownLatch(1).await(); // An image that takes for ever.
                    throw new AssertionError();
                } finally {
                    givenUp.countDown();
                }
            }
        };
        SyncReport report = scene.run(launcher);

        assertThat(codes(report)).containsExactly("docker.no_such_image");
        assertThat(givenUp.getCount()).isZero();
    }

    @Test
    void costsNoStateAndNoGenerationWhenAConnectorCannotBeStarted() throws Exception {
        Scene whole = new Scene(fullRefresh("products"));
        whole.source(record("products", 1), state("products", 1)).run();
        String before = whole.stored() + whole.store.generations();

        whole.run(failingToStart(ConnectorCommand.Write.class, NO_IMAGE, new CountDownLatch(1)));

        assertThat(whole.stored() + whole.store.generations()).isEqualTo(before);
    }

    @Test
    void endsInGoodOrderWhenItIsCancelled() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1));
                    stage.hang();
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.hear();
                    String state = stage.hear();
                    Thread.startVirtualThread(scene::cancel);
                    assertThat(stage.hear()).as("the end of the input").isNull();
                    stage.say(state);
                    stage.say(error("transient_error", "the input ended before orders was complete"));
                    return new Exited(1);
                })
                .run();

        assertThat(report.failures()).extracting(RunnerException::getMessage).containsExactly("the sync was stopped");
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(scene.completed()).isEmpty();
    }

    @Test
    void doesNotCompleteStreamsOfASourceThatLeavesWellWhenCancelled() throws Exception {
        SyncReport report = scene.source(stage -> {
                    stage.say(record("orders", 1));
                    try {
                        stage.hang();
                    } catch (InterruptedException e) {
                        return new Exited(0); // As a source that handles SIGTERM politely.
                    }
                    return new Exited(1);
                })
                .destination(stage -> {
                    stage.hear();
                    Thread.startVirtualThread(scene::cancel);
                    return scene.returning().play(stage);
                })
                .run();

        assertThat(codes(report)).containsExactly("sync.cancelled");
        assertThat(scene.completed()).isEmpty();
    }

    private interface Starting {
        void of(ConnectorCommand command) throws InterruptedException;
    }

    /// Connectors with whose start something happens.
    private ScriptedLauncher starting(ScriptedLauncher.Script source, Starting first) {
        return new ScriptedLauncher(source, scene.returning()) {
            @Override
            public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
                    throws InterruptedException {
                first.of(command);
                return super.launch(connector, command, stderr);
            }
        };
    }

    @Test
    void canBeCancelledWhileTheConnectorsAreStarted() throws Exception {
        ScriptedLauncher launcher = starting(
                stage -> {
                    stage.hang();
                    return new Exited(0);
                },
                command -> {
                    if (command instanceof ConnectorCommand.Write) {
                        scene.cancel();
                    }
                });

        assertThat(codes(scene.run(launcher))).containsExactly("sync.cancelled");
    }

    @Test
    void doesNotWaitForAStartWhenItIsCancelled() throws Exception {
        ScriptedLauncher launcher = starting(scene.answering(), command -> {
            if (command instanceof ConnectorCommand.Read) {
                Thread.startVirtualThread(scene::cancel);
                Thread.sleep(Duration.ofDays(1)); // An image is pulled.
            }
        });

        assertThat(codes(scene.run(launcher))).containsExactly("sync.cancelled");
    }

    @Test
    void leavesItsThreadAloneWhenTheStoreCannotTakeTheStart() throws Exception {
        ScriptedLauncher launcher = starting(scene.answering(), _ -> scene.store.goDown());

        assertThat(codes(scene.run(launcher))).containsExactly("state.unavailable");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void stopsASourceThatSendsNothing() throws Exception {
        SyncReport report = scene.limits(Duration.ofSeconds(2), Duration.ofSeconds(30))
                .source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1));
                    while (true) {
                        stage.say(log("still waiting"));
                    }
                })
                .run();

        assertThat(cause(report).getMessage()).isEqualTo("source-x sent nothing for 2 s and was stopped");
        assertThat(cause(report).type()).isEqualTo(FailureType.TRANSIENT_ERROR);
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void letsTheDestinationKeepWhatASilentSourceHadSent() throws Exception {
        SyncReport report = scene.limits(Duration.ofSeconds(2), Duration.ofSeconds(30))
                .source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1));
                    stage.hang();
                    return new Exited(0);
                })
                .destination(stage -> {
                    stage.hear();
                    String state = stage.hear();
                    while (stage.hear() != null) {}
                    Thread.sleep(300); // It commits.
                    stage.say(state);
                    return new Exited(0);
                })
                .run();

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly("source-x sent nothing for 2 s and was stopped");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void stopsADestinationThatTakesNothing() throws Exception {
        SyncReport report = scene.limits(Duration.ofSeconds(30), Duration.ofMillis(300))
                .source(stage -> {
                    for (int i = 0; ; i++) {
                        stage.say(record("orders", i));
                    }
                })
                .destination(stage -> {
                    stage.hear();
                    stage.hang();
                    return new Exited(0);
                })
                .run();

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly("destination-y did nothing for 300 ms and was stopped");
        assertThat(cause(report).next()).contains("raise `destination_timeout` under `limits:` if it needs longer");
    }

    @Test
    void stopsADestinationThatDoesNotEndAfterItsInput() throws Exception {
        SyncReport report = scene.limits(Duration.ofSeconds(30), Duration.ofMillis(300))
                .source(record("orders", 1))
                .destination(stage -> {
                    while (stage.hear() != null) {}
                    stage.hang();
                    return new Exited(0);
                })
                .run();

        assertThat(codes(report)).containsExactly("destination.timeout");
    }

    @Test
    void letsADestinationTakeLongerThanASourceMayBeSilent() throws Exception {
        SyncReport report = scene.limits(Duration.ofSeconds(2), Duration.ofSeconds(30))
                .source(record("orders", 1), state("orders", 1))
                .destination(stage -> {
                    stage.hear();
                    String state = stage.hear();
                    while (stage.hear() != null) {}
                    Thread.sleep(3_000); // It merges, longer than the source's limit.
                    stage.say(state);
                    return new Exited(0);
                })
                .run();

        assertThat(report.failures()).isEmpty();
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    private static String rateLimited(String details) {
        return status("orders", "RUNNING")
                .replace(
                        "\"status\":\"RUNNING\"",
                        "\"status\":\"RUNNING\",\"reasons\":[{\"type\":\"RATE_LIMITED\"%s}]".formatted(details));
    }

    @Test
    void waitsForASourceThatHasToldWhenItsQuotaIsBack() throws Exception {
        long reset = System.currentTimeMillis() + 3_600_000;
        scene.limits(Duration.ofSeconds(2), Duration.ofSeconds(30)).source(stage -> {
            stage.say(
                    record("orders", 1),
                    rateLimited(",\"rate_limited\":{\"quota_reset\":%d}".formatted(reset)),
                    log("limited"));
            Thread.sleep(3_000); // Longer than a source may be silent.
            stage.say(record("orders", 2), log("goes on"));
            return new Exited(0);
        });
        List<Boolean> shown = new ArrayList<>();
        List<Instant> until = new ArrayList<>();
        scene.onLog(
                "limited",
                () -> scene.progress().forEach(stream -> {
                    shown.add(stream.isRateLimited());
                    stream.quotaReset().ifPresent(until::add);
                }));
        SyncReport report = scene.run();

        assertThat(report.failures()).isEmpty();
        assertThat(shown).containsExactly(true);
        assertThat(until).containsExactly(Instant.ofEpochMilli(reset));
        assertThat(report.streams()).as("a record ends it").noneMatch(StreamProgress::isRateLimited);
    }

    @Test
    void doesNotBlameADestinationForASourceThatDoesNotEnd() throws Exception {
        SyncReport report = scene.limits(Duration.ofMillis(300), Duration.ofMillis(300))
                .source(stage -> {
                    stage.closeOutput();
                    stage.hang();
                    return new Exited(0);
                })
                .run();

        assertThat(cause(report).getMessage()).startsWith("source-x ");
    }

    @Test
    void keepsSecretsOutOfFailures() throws Exception {
        scene.mask.learn(
                Lines.json("{\"password\":\"hunter22\"}"),
                Lines.json("{\"properties\":{\"password\":{\"airbyte_secret\":true}}}"));
        SyncReport report = scene.source(stage -> {
                    stage.say("connecting with hunter22", log("password is hunter22"));
                    stage.complain("login failed for hunter22");
                    stage.say(error("config_error", "cannot log in with hunter22"));
                    return new Exited(1);
                })
                .run();

        assertThat(report.failures()).noneMatch(e -> e.toString().contains("hunter22"));
        assertThat(scene.log).noneMatch(line -> line.contains("hunter22"));
    }

    private static Script saysWhereToLook(String where) {
        return stage -> {
            while (stage.hear() != null) {}
            stage.say("{\"type\":\"TRACE\",\"trace\":{\"type\":\"ANALYTICS\",\"emitted_at\":1,\"analytics\":"
                    + "{\"type\":\"sluice.where_to_look\",\"value\":\"%s\"}}}".formatted(where));
            return new Exited(0);
        };
    }

    @Test
    void givesTheDestinationItsWordAboutWhereTheDataIs() throws Exception {
        SyncReport report = scene.source(record("orders", 1))
                .destination(saysWhereToLook("in quickstart.duckdb"))
                .run();

        assertThat(report.whereToLook()).contains("in quickstart.duckdb");
    }

    @Test
    void namesFilesOfAContainerAsTheyAreOnThisMachine() throws Exception {
        Connection process = scene.connection();
        ConnectorLaunch container = new ConnectorLaunch.InContainer(
                "destination-y", Optional.empty(), "none", 1 << 20, 1, 1, Optional.of(Path.of("/home/zoe/shop")));
        SyncReport report = scene.source(record("orders", 1))
                .destination(saysWhereToLook("in /local/x.duckdb; look with: duckdb /local/x.duckdb, not /usr/local/x"))
                .run(new Connection(
                        process.name(),
                        process.place(),
                        process.source(),
                        new Connection.Connector(container, Json.mapper().createObjectNode()),
                        process.streams(),
                        process.defaults(),
                        process.schedule(),
                        process.limits(),
                        process.stateStore()));

        assertThat(report.whereToLook())
                .contains("in /home/zoe/shop/x.duckdb; look with: duckdb /home/zoe/shop/x.duckdb, not /usr/local/x");
    }

    @Test
    void injectsAStateForAFullRefreshStreamThatSentNone() throws Exception {
        Scene whole = new Scene(fullRefresh("products"));
        whole.source(record("products", 1)).run();

        ObjectNode injected = (ObjectNode) whole.heard("STATE").getFirst().get("state");
        assertThat(injected.at("/stream/stream_state").toString()).isEqualTo("{}");
        assertThat(injected.at("/sourceStats/recordCount").asDouble()).isEqualTo(1.0);
    }

    @Test
    void doesNotInjectAStateWhereOneIsSharedByAllStreams() throws Exception {
        Scene whole = new Scene(fullRefresh("products"), incremental("orders"));
        whole.source(record("products", 1), Lines.globalState(7, "orders")).run();
        assertThat(whole.heard("STATE")).hasSize(1);

        SyncReport quiet = whole.source(record("products", 1)).run();
        assertThat(quiet.failures()).as("the stored state is a shared one").isEmpty();
        assertThat(whole.heard("STATE")).isEmpty();
        assertThat(whole.stored()).contains("\"lsn\":7");
    }

    /// What the source says of the streams `a` and `b`, and which of them the destination is told are complete.
    @Test
    void completesAllStreamsOfASourceThatKnowsNoStatuses() throws Exception {
        assertThat(statuses(new Exited(0))).isEqualTo("complete [a, b], success");
    }

    @Test
    void completesAStreamWithoutAStatusBesideOnesThatHaveIt() throws Exception {
        assertThat(statuses(new Exited(0), status("a", "STARTED"), status("a", "COMPLETE"), status("b", "RUNNING")))
                .isEqualTo("complete [a, b], success");
    }

    @Test
    void withholdsCompleteFromAnIncompleteStreamAndFails() throws Exception {
        assertThat(statuses(new Exited(0), status("a", "COMPLETE"), status("b", "STARTED"), status("b", "INCOMPLETE")))
                .isEqualTo("complete [a], source-x ended well although the stream 'b' is incomplete");
    }

    @Test
    void completesNothingWhenTheSourceFailed() throws Exception {
        assertThat(statuses(new Exited(1), status("a", "COMPLETE"), status("b", "COMPLETE")))
                .isEqualTo("complete [], source-x exited with code 1 during read");
    }

    private static String statuses(Exited exit, String... said) throws Exception {
        Scene two = new Scene(fullRefresh("a"), fullRefresh("b"));
        SyncReport report = two.source(Scene.playing(exit, said)).run();
        return "complete %s, %s"
                .formatted(
                        two.completed(),
                        report.isSuccess() ? "success" : cause(report).getMessage());
    }

    @Test
    void sendsCompleteAfterEverythingElseOfAllStreams() throws Exception {
        Scene two = new Scene(fullRefresh("a"), incremental("b"));
        two.source(record("a", 1), record("b", 1), state("b", 1)).run();

        assertThat(two.heard)
                .extracting(m -> m.get("type").asText())
                .containsExactly("RECORD", "RECORD", "STATE", "STATE", "TRACE", "TRACE");
        JsonNode complete = two.heard("TRACE").getFirst().at("/trace/stream_status");
        assertThat(complete.at("/stream_descriptor").toString()).isEqualTo("{\"name\":\"a\"}");
        assertThat(complete.at("/status").asText()).isEqualTo("COMPLETE");
    }

    private static String control(String token) {
        return "{\"type\":\"CONTROL\",\"control\":{\"type\":\"CONNECTOR_CONFIG\",\"emitted_at\":1,"
                + "\"connectorConfig\":{\"config\":{\"refresh_token\":\"%s\"}}}}".formatted(token);
    }

    @Test
    void stopsTheSourceAtOnceWhenItsRenewedTokenCannotBeKept() throws Exception {
        Scene scene = new Scene(incremental("a")).source(stage -> {
            stage.say(record("a", 1), state("a", 1), control("renewed-1"), record("a", 2), state("a", 2));
            stage.hang();
            return new Exited(0);
        });
        scene.store.keepsNoConfigs();

        SyncReport report = scene.run();

        assertThat(report.failures().getFirst().code()).isEqualTo("connector.config_not_kept");
        assertThat(report.failures().getFirst())
                .hasMessage(
                        "source-x asked for another configuration, for example with a renewed token, which could not be"
                                + " kept: the state store cannot be used: no space left on device");
        assertThat(scene.heard("RECORD")).hasSize(1);
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(scene.log.toString() + report).doesNotContain("renewed-1");
    }

    @Test
    void anAttemptAfterAFailureToKeepATokenKeepsItFirst() throws Exception {
        List<String> given = new ArrayList<>();
        Scene scene = new Scene(incremental("a")).source(stage -> {
            given.add(stage.command().documents().get("config").toString());
            if (given.size() == 1) {
                stage.say(control("renewed-1"));
            }
            return new Exited(0);
        });
        scene.store.keepsNoConfigs();
        Connection connection = scene.connection();
        assertThat(scene.run(connection).isSuccess()).isFalse();
        scene.store.keepsConfigsAgain();
        assertThat(scene.run(connection).isSuccess()).isTrue();
        assertThat(given).containsExactly("{}", "{\"refresh_token\":\"renewed-1\"}");
        assertThat(scene.store.configs).containsKey(Side.SOURCE);
    }

    @Test
    void keepsATokenRenewedWhileTheSyncIsStopped() throws Exception {
        Scene scene = new Scene(incremental("a")).source(stage -> {
            stage.say(record("a", 1));
            stage.say(record("nobody-asked", 1), control("renewed-late"));
            stage.hang();
            return new Exited(0);
        });
        assertThat(scene.run().failures().getFirst().code()).isEqualTo("protocol.unknown_stream");
        assertThat(scene.store.configs.get(Side.SOURCE).config().toString())
                .isEqualTo("{\"refresh_token\":\"renewed-late\"}");
    }
}
