package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.checked;
import static dev.sluice.runner.sync.Lines.error;
import static dev.sluice.runner.sync.Lines.fullRefresh;
import static dev.sluice.runner.sync.Lines.incremental;
import static dev.sluice.runner.sync.Lines.record;
import static dev.sluice.runner.sync.Lines.resumable;
import static dev.sluice.runner.sync.Lines.state;
import static dev.sluice.runner.sync.Scene.inTurn;
import static dev.sluice.runner.sync.Scene.playing;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ExitStatus.Exited;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.ScriptedLauncher.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How attempts follow each other, and what each of them starts from.
@Timeout(60)
final class SyncJobTest {
    private final Scene scene = new Scene(incremental("orders")).attempts(5, Duration.ofMillis(1));
    private final Notes notes = new Notes();

    /// What a listener hears.
    private static final class Notes implements SyncJob.Listener {
        final List<String> heard = new ArrayList<>();

        @Override
        public void begins(int attempt) {
            heard.add("attempt " + attempt);
        }

        @Override
        public void failed(int attempt, RunnerException cause, Duration wait) {
            heard.add("failed: %s; again in %d ms".formatted(cause.getMessage(), wait.toMillis()));
        }
    }

    @AfterEach
    void closesWhatItStarted() {
        assertThat(scene.launcher.launched).allMatch(connector -> connector.closed);
    }

    private SyncReport run() throws InterruptedException {
        return scene.job().run(notes);
    }

    private static RunnerException cause(SyncReport report) {
        return report.failures().getFirst();
    }

    /// The verbs of everything that was started, in order; of an attempt the source's alone.
    private List<String> verbs() {
        return scene.launcher.launched.stream()
                .map(connector -> connector.command().verb())
                .filter(verb -> !verb.equals("write"))
                .toList();
    }

    /// What the source of each attempt was told: generation, minimum, sync and state.
    private List<String> reads() {
        return scene.launcher.launched.stream()
                .filter(connector -> connector.command() instanceof ConnectorCommand.Read)
                .map(connector -> {
                    var read = (ConnectorCommand.Read) connector.command();
                    JsonNode stream = read.catalog().at("/streams/0");
                    return "%s/%s of %s, %s"
                            .formatted(
                                    stream.get("minimum_generation_id"),
                                    stream.get("generation_id"),
                                    stream.get("sync_id"),
                                    read.state()
                                            .map(state -> state.findValue("stream_state")
                                                    .toString())
                                            .orElse("no state"));
                })
                .toList();
    }

    @Test
    void asksThePlanAndSyncsOnceWhenAllGoesWell() throws Exception {
        SyncReport report =
                scene.source(record("orders", 1), state("orders", 1)).job().run(notes);

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.attempts()).isEqualTo(1);
        assertThat(verbs()).containsExactly("discover", "spec", "read");
        assertThat(notes.heard).containsExactly("attempt 1");
        assertThat(scene.store.ends).extracting(Run.End::message).containsExactly("");
    }

    @Test
    void triesAgainAtOnceAndContinuesWhenSomethingWasStored() throws Exception {
        SyncReport report = scene.source(inTurn(
                        playing(new Exited(1), record("orders", 1), state("orders", 1)),
                        playing(new Exited(0), record("orders", 2), state("orders", 2))))
                .job()
                .run(notes);

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.attempts()).isEqualTo(2);
        assertThat(report.checkpoints()).isEqualTo(2);
        assertThat(report.records()).as("of both attempts").isEqualTo(2);
        assertThat(report.committed()).isEqualTo(2);
        assertThat(reads()).containsExactly("0/0 of 1, no state", "0/0 of 1, {\"cursor\":1}");
        assertThat(notes.heard)
                .containsExactly(
                        "attempt 1", "failed: source-x exited with code 1 during read; again in 0 ms", "attempt 2");
        assertThat(scene.log)
                .containsSubsequence(
                        "INFO sluice: sync 1 of the connection 'orders' began",
                        "INFO sluice: attempt 1 began",
                        "ERROR sluice: source-x exited with code 1 during read",
                        "INFO sluice: attempt 2 began",
                        "INFO sluice: sync 1 ended: succeeded, attempts: 2, records: 2, stored: 2, checkpoints: 2");
        assertThat(scene.store.ends.getFirst())
                .usingRecursiveComparison()
                .ignoringFields("at", "bytes")
                .isEqualTo(new Run.End(null, Run.Outcome.SUCCEEDED, 2, 2, 0, 2, 2, "", ""));
    }

    @Test
    void asksBothConnectorsBeforeItTriesAgain() throws Exception {
        scene.source(inTurn(playing(new Exited(1)), playing(new Exited(0))))
                .job()
                .run(notes);

        assertThat(verbs()).containsExactly("discover", "spec", "read", "check", "check", "spec", "read");
    }

    /// All questions are answered as by connectors that are well, but for checks of the destination.
    private Script destinationChecked(Script... checks) {
        Script check = inTurn(checks);
        Script answering = scene.answering();
        return stage -> stage.command() instanceof ConnectorCommand.Check
                        && stage.name().equals("destination-y")
                ? check.play(stage)
                : answering.play(stage);
    }

    private static Script refused(String words) {
        return playing(new Exited(0), checked("FAILED", words));
    }

    @Test
    void takesACheckThatFailsForAnotherFailedAttempt() throws Exception {
        SyncReport report = scene.source(inTurn(
                        playing(new Exited(1), record("orders", 1)), playing(new Exited(0), record("orders", 1))))
                .questions(destinationChecked(
                        refused("the database is starting up"),
                        playing(new Exited(1), error("transient_error", "no connection")),
                        playing(new Exited(0), checked("SUCCEEDED", ""))))
                .job()
                .run(notes);

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.attempts()).isEqualTo(4);
        assertThat(notes.heard)
                .containsExactly(
                        "attempt 1",
                        "failed: source-x exited with code 1 during read; again in 1 ms",
                        "failed: the configuration of destination-y does not work any more: the database is starting up;"
                                + " again in 3 ms",
                        "failed: the configuration of destination-y does not work any more: no connection; again in 9 ms",
                        "attempt 4");
        assertThat(verbs())
                .containsExactly(
                        "discover",
                        "spec",
                        "read",
                        "check",
                        "check",
                        "check",
                        "check",
                        "check",
                        "check",
                        "spec",
                        "read");
    }

    @Test
    void givesUpForTheLastReasonWhenChecksGoOnFailing() throws Exception {
        SyncReport report = scene.source(playing(new Exited(1), record("orders", 1)))
                .questions(destinationChecked(
                        refused("starting up"),
                        refused("starting up"),
                        refused("starting up"),
                        refused("no such host")))
                .job()
                .run(notes);

        assertThat(cause(report).getMessage())
                .isEqualTo("the configuration of destination-y does not work any more: no such host");
        assertThat(cause(report).type()).isEqualTo(FailureType.TRANSIENT_ERROR);
        assertThat(report.attempts()).isEqualTo(5);
        assertThat(report.streams()).as("how far the first attempt came").hasSize(1);
    }

    @Test
    void endsWhenACheckSaysThatAPersonMustMendIt() throws Exception {
        SyncReport report = scene.source(playing(new Exited(1), record("orders", 1)))
                .questions(destinationChecked(
                        playing(new Exited(1), error("config_error", "password authentication failed"))))
                .job()
                .run(notes);

        assertThat(cause(report).getMessage())
                .isEqualTo("the configuration of destination-y does not work any more: password authentication failed");
        assertThat(cause(report).type()).isEqualTo(FailureType.CONFIG_ERROR);
        assertThat(report.attempts()).isEqualTo(2);
        assertThat(verbs()).containsExactly("discover", "spec", "read", "check", "check");
    }

    @Test
    void givesUpAfterTheFifthAttemptThatStoredNothing() throws Exception {
        SyncReport report = scene.source(playing(new Exited(1))).job().run(notes);

        assertThat(report.attempts()).isEqualTo(5);
        assertThat(cause(report).getMessage()).isEqualTo("source-x exited with code 1 during read");
        assertThat(notes.heard)
                .filteredOn(heard -> heard.startsWith("failed"))
                .extracting(heard -> heard.replaceAll(".*again in ", ""))
                .containsExactly("1 ms", "3 ms", "9 ms", "27 ms");
    }

    @Test
    void goesOnWhileEachAttemptStoresSomething() throws Exception {
        int[] attempt = new int[1];
        SyncReport report = scene.source(stage -> {
                    attempt[0]++;
                    stage.say(record("orders", attempt[0]), state("orders", attempt[0]));
                    return new Exited(1);
                })
                .job()
                .run(notes);

        assertThat(report.attempts()).isEqualTo(20);
        assertThat(report.committed()).isEqualTo(20);
    }

    @Test
    void doesNotTryAgainWhenTheConfigurationIsWrong() throws Exception {
        SyncReport report = scene.source(playing(new Exited(1), error("config_error", "the key has expired")))
                .job()
                .run(notes);

        assertThat(report.attempts()).isEqualTo(1);
        assertThat(cause(report).getMessage()).isEqualTo("source-x: the key has expired");
        assertThat(scene.store.ends).extracting(Run.End::message).containsExactly("source-x: the key has expired");
    }

    @Test
    void triesAgainWhenAQuestionWasNotAnswered() throws Exception {
        Script answering = scene.answering();
        SyncReport report = scene.source(record("orders", 1))
                .questions(inTurn(playing(new Exited(1)), answering, answering, answering, answering))
                .job()
                .run(notes);

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.attempts()).isEqualTo(2);
        assertThat(verbs()).containsExactly("discover", "check", "check", "discover", "spec", "read");
    }

    @Test
    void makesOneAttemptWhenToldSo() throws Exception {
        SyncReport report = scene.attempts(1, Duration.ofHours(1))
                .source(playing(new Exited(1)))
                .job()
                .run(notes);

        assertThat(report.attempts()).isEqualTo(1);
        assertThat(notes.heard).containsExactly("attempt 1");
    }

    @Test
    void continuesAResumableFullRefreshInItsGeneration() throws Exception {
        Scene whole = new Scene(resumable("products"))
                .settings("products", SyncPlanTest.choose(null, null, null, "id"))
                .attempts(5, Duration.ofMillis(1));
        whole.source(inTurn(
                        playing(new Exited(1), record("products", 1), state("products", 1)),
                        playing(new Exited(0), record("products", 2), state("products", 2))))
                .job()
                .run(notes);
        scene.launcher = whole.launcher;

        List<String> reads = reads();
        String generation = reads.getFirst().split("[/ ]")[0];
        assertThat(reads)
                .containsExactly(
                        "%1$s/%1$s of 1, no state".formatted(generation),
                        "%1$s/%1$s of 1, {\"cursor\":1}".formatted(generation));
    }

    @Test
    void startsAnyOtherFullRefreshOverInANewGeneration() throws Exception {
        Scene whole = new Scene(fullRefresh("products")).attempts(5, Duration.ofMillis(1));
        SyncReport report = whole.source(inTurn(
                        playing(new Exited(1), record("products", 1), state("products", 1)),
                        playing(new Exited(0), record("products", 1), record("products", 2), state("products", 2))))
                .job()
                .run(notes);
        scene.launcher = whole.launcher;

        List<String> reads = reads();
        assertThat(reads).hasSize(2).allMatch(read -> read.endsWith(" of 1, no state"));
        List<Long> generations =
                reads.stream().map(read -> Long.valueOf(read.split("[/ ]")[1])).toList();
        assertThat(generations.getLast()).isGreaterThan(generations.getFirst());
        assertThat(report.records()).as("of the generation that counts").isEqualTo(2);
    }

    /// What the source of each attempt was told of each stream, and the state as it was given.
    private List<String> told() {
        return scene.launcher.launched.stream()
                .filter(connector -> connector.command() instanceof ConnectorCommand.Read)
                .map(connector -> {
                    var read = (ConnectorCommand.Read) connector.command();
                    List<String> streams = new ArrayList<>();
                    read.catalog()
                            .get("streams")
                            .forEach(stream -> streams.add("%s %s %s/%s"
                                    .formatted(
                                            stream.at("/stream/name").asText(),
                                            stream.get("destination_sync_mode").asText(),
                                            stream.get("minimum_generation_id")
                                                    .asText()
                                                    .replaceAll("\\d{5,}", "new"),
                                            stream.get("generation_id").asText().replaceAll("\\d{5,}", "new"))));
                    return streams + " "
                            + read.state()
                                    .map(state -> state.findValuesAsText("cursor"))
                                    .orElse(List.of());
                })
                .toList();
    }

    private Scene twoIncremental() throws InterruptedException {
        Scene two = new Scene(incremental("orders"), incremental("customers")).attempts(5, Duration.ofMillis(1));
        two.source(record("orders", 9), state("orders", 9), record("customers", 8), state("customers", 8))
                .run();
        return two;
    }

    @Test
    void refreshesAStreamOnceAndLeavesOthersAlone() throws Exception {
        Scene two = twoIncremental();
        SyncReport report = two.source(inTurn(
                        playing(new Exited(1), record("orders", 1), state("orders", 1)),
                        playing(new Exited(0), record("orders", 2), state("orders", 2))))
                .job()
                .run(Set.of("orders"), notes);
        scene.launcher = two.launcher;

        assertThat(report.isSuccess()).isTrue();
        assertThat(told())
                .containsExactly(
                        "[orders append_dedup new/new, customers append_dedup 0/0] [8]",
                        "[orders append_dedup new/new, customers append_dedup 0/0] [8, 1]");
        assertThat(reads().stream().map(read -> read.replaceAll(" of .*", "")).distinct())
                .as("the generation is raised once")
                .hasSize(1);

        two.source(record("orders", 3)).job().run(notes);
        scene.launcher = two.launcher;
        assertThat(told())
                .as("a refresh that is whole is over")
                .containsExactly("[orders append_dedup 0/new, customers append_dedup 0/0] [8, 2]");
    }

    /// A destination that knows no generations would drop what the first part has brought.
    @Test
    void finishesARefreshThatWasCutShortAsOneAndDoesNotOverwriteItsFirstPart() throws Exception {
        Scene two = twoIncremental().settings("orders", Scene.appending());
        two.source(playing(new Exited(1), record("orders", 1), state("orders", 1)))
                .attempts(1, Duration.ofMillis(1))
                .job()
                .run(Set.of("orders"), notes);
        scene.launcher = two.launcher;
        assertThat(told()).containsExactly("[orders overwrite new/new] [8]");

        two.source(record("orders", 2), state("orders", 2)).job().run(notes);
        scene.launcher = two.launcher;
        assertThat(told()).containsExactly("[orders append new/new] [8, 1]");
    }

    @Test
    void refreshesLaterWhatCouldNotBeStarted() throws Exception {
        Scene two = twoIncremental();
        Script answering = two.answering();
        two.questions(inTurn(playing(new Exited(1)), answering, answering, answering, answering))
                .source(record("orders", 1))
                .job()
                .run(Set.of("orders"), notes);
        scene.launcher = two.launcher;

        assertThat(told()).containsExactly("[orders append_dedup new/new, customers append_dedup 0/0] [8]");
    }

    @Test
    void saysThatAStreamToRefreshIsNotThere() throws Exception {
        SyncReport report = scene.job().run(Set.of("ordres"), notes);

        assertThat(cause(report).getMessage())
                .isEqualTo("'ordres' is not a stream of this sync; did you mean 'orders'?");
        assertThat(cause(report).code()).isEqualTo("sync.no_such_stream");
    }

    @Test
    void refreshesAStreamOfAnOpaqueStateOnlyWithAllOthers() throws Exception {
        Scene two = new Scene(incremental("orders"), incremental("customers"));
        two.store.with(new SyncState.Legacy(Lines.json("{\"cursor\":3}")));
        SyncReport one = two.source(record("orders", 1)).job().run(Set.of("orders"), notes);
        assertThat(cause(one).code()).isEqualTo("state.not_per_stream");
        assertThat(two.stored()).contains("3");

        SyncReport all = two.job().run(Set.of("orders", "customers"), notes);
        scene.launcher = two.launcher;
        assertThat(all.isSuccess()).isTrue();
        assertThat(two.stored()).isEqualTo("nothing");
    }

    @Test
    void endsAtOnceWhenItIsCancelledWhileItWaits() throws Exception {
        SyncJob job = scene.attempts(5, Duration.ofHours(1))
                .source(playing(new Exited(1), record("orders", 1)))
                .job();
        SyncReport report = job.run(new SyncJob.Listener() {
            @Override
            public void failed(int attempt, RunnerException cause, Duration wait) {
                Thread.ofPlatform().start(job::cancel);
            }
        });

        assertThat(cause(report).code()).isEqualTo("sync.cancelled");
        assertThat(report.attempts()).isEqualTo(1);
        assertThat(scene.store.ends).extracting(Run.End::message).containsExactly("the sync was stopped");
    }

    @Test
    void endsInGoodOrderWhenAnAttemptIsCancelled() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        SyncJob job = scene.source(stage -> {
                    stage.say(record("orders", 1), state("orders", 1));
                    reading.countDown();
                    stage.hang();
                    return new Exited(0);
                })
                .job();
        Thread canceller = Thread.ofPlatform().start(() -> {
            try {
                reading.await();
                assertThat(job.cancel()).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        SyncReport report = job.run(notes);
        canceller.join();

        assertThat(cause(report).code()).isEqualTo("sync.cancelled");
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(notes.heard).containsExactly("attempt 1");
    }

    @Test
    void leavesAQuestionToWhoeverHasLaunchedTheConnector() throws Exception {
        boolean[] endsByItself = {true};
        SyncJob[] job = new SyncJob[1];
        job[0] = scene.questions(stage -> {
                    endsByItself[0] = job[0].cancel();
                    return new Exited(1);
                })
                .job();
        SyncReport report = job[0].run(notes);

        assertThat(endsByItself[0]).isFalse();
        assertThat(cause(report).code()).isEqualTo("sync.cancelled");
        assertThat(verbs()).containsExactly("discover");
    }

    @Test
    void succeedsWhenOnlyTheHistoryCannotBeWritten() throws Exception {
        scene.store.failAtTheEnd();
        SyncReport report = scene.source(record("orders", 1)).job().run(notes);

        assertThat(report.isSuccess()).isTrue();
        assertThat(report.warnings())
                .containsExactly(
                        "the end of this sync could not be noted: the state store cannot be used: no space left on device");
    }
}
