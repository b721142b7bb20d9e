package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runner.cli.TestingSluice.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line as a person sees it: whole outputs, exit codes, and what goes where.
@Timeout(120)
final class SluiceCommandTest {
    private static final List<String> VERBS = List.of(
            "",
            "init",
            "sync",
            "validate",
            "check",
            "discover",
            "read",
            "spec",
            "runs",
            "logs",
            "doctor",
            "state",
            "state show",
            "state set",
            "state reset",
            "completion");

    @TempDir
    private Path folder;

    private TestingSluice sluice;
    private String shop;

    @BeforeEach
    void makeFolder() throws Exception {
        sluice = new TestingSluice(folder);
        shop = sluice.file.toString();
    }

    @Test
    void syncPrintsASummaryAndWhereToLook() {
        assertThat(sluice.run("sync", shop)).isEqualTo(new Result(0, """
                          users             2 records    0.2 kB  complete
                        1 stream, 2 records in TIME; state in DIR/.sluice/state.db
                        look in warehouse.db
                        """, ""));
    }

    @Test
    void syncPrintsOneJsonObject() {
        assertThat(sluice.run("sync", "--json", shop)).isEqualTo(new Result(0, """
                        {"ok":true,"result":{"sync":1,"attempts":1,"seconds":TIME,"checkpoints":1,"streams":[{"stream":"users",\
                        "records":2,"bytes":178,"committed":2,"complete":true}],"where_to_look":"look in warehouse.db","warnings":[]}}
                        """, ""));
    }

    @Test
    void syncContinuesWhereItStopped() throws Exception {
        sluice.run("sync", shop);
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", "cat \"$7\" >>" + folder + "/given"));
        sluice.run("sync", shop);
        assertThat(Files.readString(folder.resolve("given"))).isEqualTo("""
                        [{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":2}}}]""");
    }

    @Test
    void syncFailsWithTheCauseFirst() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace(
                "echo 'Loading…'",
                "echo '{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1,\"error\":{\"message\":"
                        + "\"the token hunter22 has expired\",\"failure_type\":\"config_error\"}}}'; exit 1"));
        Result result = sluice.run("sync", shop);
        assertThat(result).isEqualTo(new Result(2, """
                          users             0 records    0.0 kB  0 stored
                        1 stream, 0 records in TIME; state in DIR/.sluice/state.db
                        """, """
                        error[connector.failed]: ./source: the token **** has expired
                          then:  ./source exited with code 1 during read
                          log:   DIR/.sluice/logs/LOG
                        """));
    }

    @Test
    void syncSaysWhyAnAttemptFailedAndWhenTheNextBegins() throws Exception {
        Files.writeString(sluice.file, "limits: {retry_after: 10ms}\n", java.nio.file.StandardOpenOption.APPEND);
        sluice.source(TestingSluice.SOURCE.replace(
                "echo 'Loading…'", "test -e %1$s || { touch %1$s; exit 1; }".formatted(folder.resolve("failed"))));

        assertThat(sluice.run("sync", shop))
                .isEqualTo(new Result(
                        0,
                        """
                          users             2 records    0.2 kB  complete
                        1 stream, 2 records in TIME and 2 attempts; state in DIR/.sluice/state.db
                        look in warehouse.db
                        """,
                        "attempt 1 failed: ./source exited with code 1 during read; the next begins in 10 ms\n"));
    }

    @Test
    void runsShowsTheHistory() throws Exception {
        assertThat(sluice.run("runs", shop))
                .isEqualTo(new Result(0, "", "no sync of the connection 'shop' is noted in DIR/.sluice/state.db\n"));
        sluice.run("sync", shop);
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", "exit 1"));
        sluice.run("sync", "--once", shop);

        Result runs = sluice.run("runs", shop);
        assertThat(runs.out()
                        .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d {3,}\\d+\\.\\d s", "DATE TIME SECONDS"))
                .isEqualTo("""
                           run  started                    took  attempts        records  outcome
                             2  DATE TIME SECONDS         1              0  failed: ./source exited with code 1 during read
                             1  DATE TIME SECONDS         1              2  succeeded
                        """);
        assertThat(sluice.run("runs", "--limit", "1", shop).out().lines()).hasSize(2);
        assertThat(sluice.run("runs", "--json", shop).out().replaceAll("\"2\\d{3}-[^\"]*Z\"", "\"THEN\""))
                .isEqualTo("""
                        {"ok":true,"result":[{"run":2,"started":"THEN","log":"DIR/.sluice/logs/LOG","ended":"THEN",\
                        "outcome":"failed","attempts":1,"records":0,"bytes":0,"committed":0,"checkpoints":0,\
                        "failure":{"code":"connector.exited","message":"./source exited with code 1 during read"}},\
                        {"run":1,"started":"THEN","log":"DIR/.sluice/logs/LOG","ended":"THEN","outcome":"succeeded",\
                        "attempts":1,"records":2,"bytes":178,"committed":2,"checkpoints":1}]}
                        """);
    }

    @Test
    void logsPrintsTheLogOfARun() throws Exception {
        assertThat(sluice.run("logs", shop)).isEqualTo(new Result(2, "", """
                        error[sync.unknown]: the connection 'shop' has never run
                          where: DIR/.sluice/state.db
                          next:  `sluice runs DIR/shop.yaml` shows those there were
                        """));
        sluice.run("sync", shop);
        sluice.source(TestingSluice.SOURCE.replace("Loading…", "Loading more…"));
        sluice.run("sync", shop);

        assertThat(sluice.run("logs", shop).out().replaceAll("(?m)^\\S+ ", "")).isEqualTo("""
                        INFO  sluice: sync 2 of the connection 'shop' began
                        INFO  sluice: attempt 1 began
                        INFO  ./source: Loading more…
                        INFO  sluice: sync 2 ended: succeeded, attempts: 1, records: 2, stored: 2, checkpoints: 1
                        """);
        assertThat(sluice.run("logs", shop, "1").out()).contains("INFO  ./source: Loading…\n");
        assertThat(sluice.run("logs", "--json", shop, "1").out())
                .startsWith("{\"ok\":true,\"result\":{\"run\":1,\"log\":\"DIR/.sluice/logs/LOG\",\"lines\":[\"");
        assertThat(sluice.run("logs", shop, "3").err())
                .startsWith("error[sync.unknown]: there was no sync 3 of the connection 'shop'\n");
        try (var logs = Files.list(folder.resolve(".sluice/logs"))) {
            for (Path log : logs.toList()) {
                Files.delete(log);
            }
        }
        assertThat(sluice.run("logs", shop, "1").err())
                .startsWith("error[sync.no_log]: the log of run 1 is not here\n  where: DIR/.sluice/logs/LOG\n");
    }

    @Test
    void syncKeepsAsManyLogsAsTheFileSays() throws Exception {
        Path logs = Files.createDirectories(folder.resolve(".sluice/logs"));
        Path old = Files.writeString(logs.resolve("shop.yaml-20200101-000000-1.log"), "old");
        Path other = Files.writeString(logs.resolve("shop.yaml-2.yaml-20200101-000000-1.log"), "another connection's");
        sluice.run("sync", shop);
        assertThat(old).as("50 are kept").exists();

        Files.writeString(sluice.file, "logs: {keep: 2}\n", java.nio.file.StandardOpenOption.APPEND);
        sluice.run("sync", shop);

        assertThat(old).doesNotExist();
        assertThat(other).exists();
        assertThat(sluice.run("logs", shop, "1").code()).isZero();
        assertThat(sluice.run("logs", shop, "2").code()).isZero();
    }

    /// A connector that talks must not fill the disk that the state store is on.
    @Test
    void aFloodedLogIsCutAndTheSyncGoesOn() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("read) echo 'Loading…'", "read) yes Loading… | head -n 10000"));
        Files.writeString(sluice.file, "logs: {max_size: 10k}\n", java.nio.file.StandardOpenOption.APPEND);

        Result result = sluice.run("sync", shop);

        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("was cut at 10,240 bytes; raise `max_size` under `logs:` to keep more");
        String log = sluice.run("logs", shop).out();
        assertThat(log).hasSizeBetween(9_000, 12 << 10).contains(": the log is cut here, at 10,240 bytes");
    }

    @Test
    void syncKeepsLogsAsLongAsTheFileSays() throws Exception {
        Path logs = Files.createDirectories(folder.resolve(".sluice/logs"));
        Path old = Files.writeString(logs.resolve("shop.yaml-20200101-000000-1.log"), "old");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        Files.writeString(sluice.file, "logs: {keep: 4d}\n", java.nio.file.StandardOpenOption.APPEND);
        sluice.run("sync", shop);
        assertThat(old).exists();

        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(5))));
        sluice.run("sync", shop);
        assertThat(old).doesNotExist();
    }

    @Test
    void syncFailsInJsonToo() throws Exception {
        sluice.destination(TestingSluice.DESTINATION.replace("sed -n", "echo 'disk full' >&2; exit 1; sed -n"));
        Result result = sluice.run("sync", "--once", "--json", shop);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .startsWith("{\"ok\":false,\"result\":{")
                .endsWith(
                        ",\"error\":{\"code\":\"connector.exited\",\"type\":\"system_error\",\"message\":\"./destination exited"
                                + " with code 1 during write; it last said: disk full\"}}\n");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void syncLogsWhatConnectorsSayAndNoSecret() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", "echo 'token hunter22' >&2; echo 'Loading…'"));
        sluice.run("sync", shop);
        try (var logs = Files.list(folder.resolve(".sluice/logs"))) {
            String log = Files.readString(logs.findFirst().orElseThrow());
            assertThat(log)
                    .contains("INFO  ./source: Loading…", "INFO  ./source: token ****")
                    .doesNotContain("hunter22");
        }
    }

    @Test
    void syncCutsALongLogLineAndGoesOn() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace(
                "echo 'Loading…'",
                "printf '{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"'; head -c 10000000 /dev/zero | tr '\\0' y;"
                        + " echo '\"}}'"));
        assertThat(sluice.run("sync", shop).code()).isZero();
        try (var logs = Files.list(folder.resolve(".sluice/logs"))) {
            assertThat(Files.readString(logs.findFirst().orElseThrow()))
                    .contains("INFO  ./source: {", "yyyy")
                    .hasSizeLessThan(20_000);
        }
    }

    @Test
    void syncWarnsWhenItsLogCannotBeWritten() throws Exception {
        Files.createDirectories(folder.resolve(".sluice"));
        Files.writeString(folder.resolve(".sluice/logs"), "in the way");
        Result result = sluice.run("sync", shop);
        assertThat(result.code()).isZero();
        assertThat(result.err()).startsWith("the log DIR/.sluice/logs/LOG could not be written: ");
    }

    @Test
    void syncMentionsAScheduleThatNothingRuns() throws Exception {
        Files.writeString(sluice.file, "sync: {schedule: '0 2 * * *'}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(sluice.run("sync", shop).err())
                .isEqualTo("schedule '0 2 * * *' is kept, but nothing runs it yet: this is one sync, now\n");
    }

    @Test
    void aFileThatIsNotThereLeavesNothingBehind() {
        Path nowhere = folder.resolve("nowhere/none.yaml");
        assertThat(sluice.run("sync", nowhere.toString()))
                .isEqualTo(new Result(2, "", """
                        error[config.no_such_file]: there is no file DIR/nowhere/none.yaml
                          where: %s
                          next:  name a connection file, for example examples/quickstart.yaml
                        """.formatted(Path.of("").toAbsolutePath())));
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void problemsOfAFileAreReportedBeforeAnythingStarts() throws Exception {
        sluice.connection("""
                source:
                  command: [./source]
                  config: {tokn: hunter22}
                destination:
                  comand: [./destination]
                """);
        assertThat(sluice.run("sync", shop)).isEqualTo(new Result(2, "", """
                        error[config.invalid]: there are 4 problems in the connection file
                          DIR/shop.yaml:3: `source.config.tokn` is not a setting of this connector; did you mean 'token'?
                          DIR/shop.yaml:3: `source.config.token` is missing
                          DIR/shop.yaml:4: `destination` does not say which connector it is; write `type:`, `image:` or `command:`
                          DIR/shop.yaml:5: `destination.comand` is not known; did you mean 'command'?
                        """));
        assertThat(folder.resolve(".sluice")).doesNotExist();
        assertThat(sluice.run("sync", "--json", shop).out())
                .startsWith(
                        "{\"ok\":false,\"error\":{\"code\":\"config.invalid\",\"type\":\"config_error\",\"message\":\"there are 4");
    }

    @Test
    void anUnknownStreamIsAProblemOfTheFile() throws Exception {
        Files.writeString(sluice.file, "streams: [usres]\n", java.nio.file.StandardOpenOption.APPEND);
        Result result = sluice.run("sync", shop);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("""
                        error[config.invalid]: there is a problem in the connection file
                          DIR/shop.yaml: `streams.usres` is not a stream of ./source; did you mean 'users'?
                          log:   DIR/.sluice/logs/LOG
                        """);
    }

    @Test
    void validateStartsNothingButSpec() throws Exception {
        for (String side : new String[] {"source", "destination"}) {
            String script = side.equals("source") ? TestingSluice.SOURCE : TestingSluice.DESTINATION;
            String noting = "echo $1 >>%s/verbs\n%s".formatted(folder, script);
            if (side.equals("source")) {
                sluice.source(noting);
            } else {
                sluice.destination(noting);
            }
        }
        assertThat(sluice.run("validate", shop)).isEqualTo(new Result(0, """
                        source       ./source
                        destination  ./destination
                        streams      all
                        DIR/shop.yaml is valid; `sluice check` tries it on the real systems
                        """, ""));
        assertThat(sluice.run("validate", "--json", shop).out()).isEqualTo("""
                        {"ok":true,"result":{"connection":"shop","source":"./source","destination":"./destination","streams":[]}}
                        """);
        assertThat(Files.readAllLines(folder.resolve("verbs"))).containsOnly("spec");
        assertThat(folder.resolve(".sluice")).doesNotExist();
    }

    @Test
    void validateListsAllProblemsAtOnce() throws Exception {
        sluice.connection("""
                source:
                  command: [./source]
                  config: {tokn: hunter22}
                destination:
                  command: [./destination]
                limits: {operation_timeout: soon}
                streams: {users: {mode: incremntal}}
                """);
        assertThat(sluice.run("validate", shop)).isEqualTo(new Result(2, "", """
                        error[config.invalid]: there are 4 problems in the connection file
                          DIR/shop.yaml:3: `source.config.tokn` is not a setting of this connector; did you mean 'token'?
                          DIR/shop.yaml:3: `source.config.token` is missing
                          DIR/shop.yaml:6: `limits.operation_timeout` is 'soon'; write it like 90s or 9m
                          DIR/shop.yaml:7: `streams.users.mode` is 'incremntal', which is not a sync mode; did you mean 'incremental'?
                        """));
    }

    @Test
    void initWritesAFileThatValidateTakes() throws Exception {
        Path made = folder.resolve("made.yaml");
        String[] init = {"init", "--process", "--source", "ours", "--destination", "ours", made.toString()};
        assertThat(sluice.run(init)).isEqualTo(new Result(0, """
                        wrote DIR/made.yaml
                        set       SOURCE_OURS_TOKEN
                        then run  sluice validate DIR/made.yaml
                        """, ""));
        assertThat(sluice.run("validate", made.toString()).err())
                .contains("`source.config.token` needs the environment variable SOURCE_OURS_TOKEN, which is not set");
        sluice.environment.put("SOURCE_OURS_TOKEN", "hunter22");
        assertThat(sluice.run("validate", made.toString()).code()).isZero();
        assertThat(sluice.run("sync", made.toString()).code()).isZero();

        String before = Files.readString(made);
        assertThat(sluice.run(init)).isEqualTo(new Result(2, "", """
                        error[config.exists]: DIR/made.yaml is there already and was left as it is
                          next:  name another file, or remove that one
                        """));
        assertThat(made).hasContent(before);
    }

    @Test
    void initAsksWhatItWasNotTold() throws Exception {
        Path made = folder.resolve("made.yaml");
        assertThat(sluice.run("init", "--process", made.toString())).isEqualTo(new Result(2, "", """
                        error[command.wrong]: which source is not said, and there is no terminal on which to ask
                          where: --source
                          next:  add --source with one of ours (ours), or an image with its tag
                        """));
        sluice.environment.put("SLUICE_TERMINAL", "012");
        sluice.typed = "ours\n\nours\n";
        Result result = sluice.run("init", "--process", made.toString());
        assertThat(result.code()).isZero();
        assertThat(result.err())
                .isEqualTo("source (ours, or an image with its tag): "
                        + "destination (ours, or an image with its tag): ".repeat(2));
        sluice.typed = "ours\n";
        assertThat(sluice.run("init", "--process").code()).isEqualTo(2);
        assertThat(sluice.run("init", "--source", "osur", "--destination", "ours")
                        .err())
                .startsWith(
                        "error[connector.unknown]: 'source-osur' is not one of our connectors; did you mean 'source-ours'?");
    }

    @Test
    void checkSaysOfBothSidesWhetherTheyWork() throws Exception {
        assertThat(sluice.run("check", shop))
                .isEqualTo(new Result(0, "source      ./source: works\ndestination ./destination: works\n", ""));
        sluice.destination(
                TestingSluice.DESTINATION.replace("\"SUCCEEDED\"", "\"FAILED\",\"message\":\"no such host\""));
        assertThat(sluice.run("check", shop))
                .isEqualTo(new Result(
                        2,
                        "source      ./source: works\ndestination ./destination: does not work\n  no such host\n",
                        ""));
        assertThat(sluice.run("check", "--json", shop))
                .isEqualTo(new Result(
                        2,
                        "{\"ok\":false,\"result\":{\"source\":{\"works\":true},\"destination\":{\"works\":false,\"message\":\"no such host\"}}}\n",
                        ""));
    }

    @Test
    void checkTakesTheAnswerOfAConnectorThatThenFails() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("\"SUCCEEDED\"}}' ;;", "\"SUCCEEDED\"}}'; exit 1 ;;"));
        assertThat(sluice.run("check", shop).code()).isZero();
    }

    @Test
    void aMessageThatWouldFillScreensIsCut() throws Exception {
        String long10k = "x".repeat(10_000);
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", """
                echo '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no %s"}}}'
                exit 1""".formatted(long10k)));

        assertThat(sluice.run("sync", "--once", shop).err())
                .contains("error[connector.failed]: ./source: no xxx")
                .contains("x… (8,013 more characters)\n")
                .hasSizeLessThan(3_000);
        assertThat(sluice.run("sync", "--once", "--json", shop).out()).contains(long10k);
    }

    @Test
    void checkTakesTheReasonOfAConnectorThatGaveUpForItsAnswer() throws Exception {
        String trace = "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1,\"error\":{\"message\":"
                + "\"no route for hunter22\",\"failure_type\":\"transient_error\"}}}";
        sluice.source(TestingSluice.SOURCE.replace("check) ", "check) echo '%s'; exit 1; ".formatted(trace)));
        assertThat(sluice.run("check", shop)).isEqualTo(new Result(3, """
                        source      ./source: does not work
                          no route for ****
                        destination ./destination: works
                        """, ""));
    }

    @Test
    void anAnswerThatIsMissingIsAnErrorOfTheOperation() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("discover) ", "discover) exit 0; "));
        assertThat(sluice.run("discover", shop).err())
                .startsWith(
                        "error[connector.no_answer]: ./source gave no answer to `discover` and exited with code 0\n");
    }

    @Test
    void discoverTakesTheFirstOfTwoCatalogs() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace(
                "discover) ", "discover) echo '{\"type\":\"CATALOG\",\"catalog\":{\"streams\":[]}}'; "));
        assertThat(sluice.run("discover", "--json", shop).out())
                .isEqualTo("{\"ok\":true,\"result\":{\"streams\":[]}}\n");
    }

    @Test
    void discoverThatTakesTooLongIsStopped() throws Exception {
        Path pid = folder.resolve("pid");
        sluice.source(
                TestingSluice.SOURCE.replace("discover) ", "discover) echo $$ >%s; exec sleep 1000; ".formatted(pid)));
        Files.writeString(sluice.file, "limits: {operation_timeout: 5s}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(sluice.run("discover", shop)).isEqualTo(new Result(3, "", """
                        error[connector.timeout]: ./source did not answer `discover` within 5 s and was stopped
                          next:  raise `operation_timeout` under `limits:` if it needs longer
                        """));
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())))
                .satisfiesAnyOf(
                        process -> assertThat(process).isEmpty(),
                        process -> assertThat(process.orElseThrow().isAlive()).isFalse());
    }

    @Test
    void aConnectorThatGivesNoAnswerIsQuoted() throws Exception {
        sluice.source("echo 'Exception in main' >&2; exit 1");
        assertThat(sluice.run("check", shop)).isEqualTo(new Result(1, "", """
                        error[connector.no_answer]: ./source gave no answer to `spec` and exited with code 1; it last said: Exception in main
                          next:  is it an Airbyte connector? run it by hand with `spec` to see all it prints
                        """));
        sluice.source("echo garbage; echo '{\"type\":\"LOG\"}'");
        assertThat(sluice.run("check", shop).err())
                .startsWith("error[connector.no_answer]: ./source gave no answer to `spec` and exited with code 0\n");
    }

    @Test
    void aConnectorThatHangsIsStopped() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("check) ", "check) exec sleep 1000; "));
        Files.writeString(sluice.file, "limits: {operation_timeout: 5s}\n", java.nio.file.StandardOpenOption.APPEND);
        assertThat(sluice.run("check", shop)).isEqualTo(new Result(3, "", """
                        error[connector.timeout]: ./source did not answer `check` within 5 s and was stopped
                          next:  raise `operation_timeout` under `limits:` if it needs longer
                        """));
    }

    @Test
    void aProgramThatIsNotThereIsNamed() throws Exception {
        Files.delete(folder.resolve("destination"));
        assertThat(sluice.run("sync", shop)).isEqualTo(new Result(2, "", """
                        error[connector.cannot_start]: ./destination could not be started: there is no such program
                          where: command ./destination
                          next:  check that the program exists and may be executed
                        """));
        assertThat(folder.resolve(".sluice")).doesNotExist();
    }

    @Test
    void anEngineThatDoesNotAnswerIsNamed() throws Exception {
        sluice.environment.put("DOCKER_HOST", "unix:///nowhere/docker.sock");
        sluice.connection("source: {image: 'airbyte/source-x:1'}\ndestination: {command: [./destination]}\n");
        assertThat(sluice.run("sync", shop)).isEqualTo(new Result(3, "", """
                        error[docker.unreachable]: Docker does not answer
                          where: unix:///nowhere/docker.sock
                          next:  start it (`./check` does, on Debian), or run with `launch: process`, which needs no Docker
                        """));
    }

    @Test
    void aStateStoreThatDoesNotAnswerIsNamedWithoutItsPassword() {
        sluice.environment.put("SLUICE_STATE", "postgresql://me:hunter22@localhost:1/state");
        Result result = sluice.run("sync", shop);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err())
                .startsWith(
                        "error[state.unavailable]: the state store cannot be used: Connection to localhost:1 refused")
                .contains("  where: postgresql://localhost:1/state\n")
                .doesNotContain("hunter22");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:hunter22@localhost:1/state",
                "postgresql://me@localhost:1/state?password=hunter22",
                "postgresql://me@localhost:1/state?sslmode=require&sslpassword=hunter22",
                "postgresql://me@localhost:1/state?pass%77ord=hunter22",
                "jdbc:postgresql:state?user=me&password=hunter22",
                "host=localhost password=hunter22"
            })
    void aPasswordOnTheCommandLineIsRefused(String place) {
        assertThat(sluice.run("sync", "--state", place, shop)).isEqualTo(new Result(2, "", """
                        error[state.password_in_argument]: the URL given with --state holds a password, and arguments are no place for one
                          where: --state
                          next:  put the URL into SLUICE_STATE, or under `state:` in the connection file
                        """));
    }

    @Test
    void aPlaceThatLooksLikeAUrlIsNotTakenForAFile() throws Exception {
        Result result = sluice.run("sync", "--state", "jdbc:postgresql://localhost/state", shop);

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).startsWith("error[state.wrong_url]");
    }

    @Test
    void aSecondRunnerIsRefused() throws Exception {
        sluice.run("sync", shop);
        try (var held = dev.sluice.runner.store.SqlStateStore.file(folder.resolve(".sluice/state.db"))
                .acquire("shop")) {
            assertThat(sluice.run("sync", shop)).isEqualTo(new Result(3, "", """
                            error[connection.busy]: another sync of the connection 'shop' is running
                              where: DIR/.sluice/state.db
                              next:  wait until it has ended, or stop it; two at a time would write the same rows twice
                            """));
        }
        assertThat(sluice.run("sync", shop).code()).isZero();
    }

    @Test
    void discoverPrintsTheCatalog() {
        Result result = sluice.run("discover", shop);
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("{\n  \"streams\" : [ {\n    \"name\" : \"users\",");
        assertThat(sluice.run("discover", "--json", shop).out())
                .startsWith("{\"ok\":true,\"result\":{\"streams\":[{\"name\":\"users\"");
    }

    @Test
    void readPrintsRecordsAndNothingElse() {
        assertThat(sluice.run("read", shop))
                .isEqualTo(new Result(0, "{\"id\":1,\"name\":\"Zoë\"}\n{\"id\":2,\"name\":null}\n", "Loading…\n"));
        assertThat(sluice.run("read", "--limit", "1", "--stream", "users", shop).out())
                .isEqualTo("{\"id\":1,\"name\":\"Zoë\"}\n");
        assertThat(folder.resolve(".sluice")).doesNotExist();
    }

    @Test
    void readPrintsOneJsonObject() throws Exception {
        assertThat(sluice.run("read", "--json", shop)).isEqualTo(new Result(0, """
                        {"result":{"records":[{"id":1,"name":"Zoë"},{"id":2,"name":null}]},"ok":true}
                        """, "Loading…\n"));
        sluice.source(TestingSluice.SOURCE.replace("echo '{\"type\":\"STATE\"", "exit 1; echo '"));
        assertThat(sluice.run("read", "--json", shop)).isEqualTo(new Result(1, """
                        {"result":{"records":[{"id":1,"name":"Zoë"},{"id":2,"name":null}]},"ok":false,"error":\
                        {"code":"connector.exited","type":"system_error","message":"./source exited with code 1 during read"}}
                        """, "Loading…\n"));
    }

    @Test
    void jsonMayStandBeforeTheCommandToo() {
        assertThat(sluice.run("--json", "state", "show", shop).out()).isEqualTo("{\"ok\":true,\"result\":[]}\n");
    }

    @Test
    void readNamesAStreamThatIsNotThere() {
        Result result = sluice.run("read", "--stream", "usres", shop);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("`streams.usres` is not a stream of ./source; did you mean 'users'?");
    }

    @Test
    void stateShowPrintsWhatTheSourceWillBeGiven() {
        assertThat(sluice.run("state", "show", shop))
                .isEqualTo(new Result(
                        0,
                        "[ ]\n",
                        "the connection 'shop' has never run; its state would be in DIR/.sluice/state.db\n"));
        sluice.run("sync", shop);
        assertThat(sluice.run("state", "show", "--json", shop)).isEqualTo(new Result(0, """
                        {"ok":true,"result":[{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":2}}}]}
                        """, ""));
    }

    @Test
    void specPrintsTheSpecOfOneOfOurs() {
        assertThat(sluice.run("spec", "--process", "--json", "source-ours").out())
                .startsWith("{\"ok\":true,\"result\":{\"connectionSpecification\":{\"type\":\"object\"");
        assertThat(sluice.run("spec", "source-orus")).isEqualTo(new Result(2, "", """
                        error[connector.unknown]: 'source-orus' is not one of our connectors; did you mean 'source-ours'?
                          next:  name one of them, or an image with its tag without --process
                        """));
        assertThat(sluice.run("spec", "--process", "airbyte/source-x:1").code()).isEqualTo(2);
    }

    @Test
    void doctorSaysWhatIsInOrder() {
        sluice.environment.put("DOCKER_HOST", "unix:///nowhere/docker.sock");
        Result before = sluice.run("doctor", shop);
        assertThat(before.code()).isZero();
        assertThat(before.err()).isEmpty();
        assertThat(before.out())
                .contains("\nok    sluice       0.1.0 in DIR/home, with destination-ours, source-ours\n")
                .contains("\nok    cache        DIR/cache/sluice\n")
                .contains("\nok    connection   'shop', described in DIR/shop.yaml\n")
                .contains("\nok    docker       Docker does not answer, and this connection does not need it\n")
                .contains("\nok    source       ./source, a local process without isolation: DIR/./source\n")
                .contains("\nok    state        DIR/.sluice/state.db will be made by the first sync\n")
                .endsWith(" 0 to look at, 0 to mend\n");
        assertThat(folder.resolve(".sluice")).doesNotExist();

        sluice.run("sync", shop);
        try (var held = dev.sluice.runner.store.SqlStateStore.file(folder.resolve(".sluice/state.db"))
                .acquire("shop")) {
            Result result = sluice.run("doctor", shop);
            assertThat(result.code()).isZero();
            assertThat(result.out()).contains("""
                    warn  state        DIR/.sluice/state.db knows this connection; this process holds it
                            next:      wait until that sync has ended, or stop it
                    """);
        }
        assertThat(sluice.run("doctor", shop).out())
                .contains("ok    state        DIR/.sluice/state.db knows this connection; nobody holds it\n");
    }

    @Test
    void doctorSaysWhatToMend() throws Exception {
        sluice.environment.put("DOCKER_HOST", "unix:///nowhere/docker.sock");
        sluice.connection("source: {image: 'airbyte/source-x:1'}\ndestination: {command: [./destination]}\n");
        Result away = sluice.run("doctor", shop);
        assertThat(away.code()).isEqualTo(3);
        assertThat(away.out()).contains("""
                fail  docker       Docker does not answer (unix:///nowhere/docker.sock)
                        next:      start it (`./check` does, on Debian), or run with `launch: process`, which needs no Docker
                warn  source       airbyte/source-x:1, not looked at without Docker
                """);
        Files.delete(folder.resolve("destination"));
        Result both = sluice.run("doctor", "--json", shop);
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.out())
                .startsWith("{\"ok\":false,\"result\":{\"checks\":[{\"level\":\"ok\",\"subject\":\"java\",")
                .contains(
                        "{\"level\":\"fail\",\"subject\":\"destination\",\"text\":\"./destination: there is no program"
                                + " DIR/./destination that may be executed\",\"next\":\"build or install it, or correct the connection file\"}");
        sluice.connection("source: {}\n");
        assertThat(sluice.run("doctor", shop).code()).isEqualTo(2);
        assertThat(sluice.run("doctor").code()).isEqualTo(3);
    }

    @Test
    void completionKnowsEveryCommand() throws Exception {
        Path script = Files.writeString(
                folder.resolve("completion"), sluice.run("completion", "bash").out());
        Process bash = new ProcessBuilder("bash", "-c", """
                        source "$1"; shift
                        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
                        _complete_sluice; echo "${COMPREPLY[@]}"
                        """, "bash", script.toString(), "sluice", "sta")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes()).strip()).isEqualTo("state");
        assertThat(sluice.run("completion", "zsh").out()).contains("compdef");
        assertThat(sluice.run("completion", "tcsh").code()).isEqualTo(2);
    }

    @Test
    void connectorBuildIsDoneByTheLauncher() {
        assertThat(sluice.run("connector", "build"))
                .isEqualTo(new Result(
                        2, "", "connector images are built by the launcher: ./sluice connector build --help\n"));
    }

    @Test
    void aWrongCommandLineIsAnsweredWithAWayOut() {
        Result result = sluice.run("sync");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("""
                        error[command.wrong]: missing required parameter: 'FILE'
                          next:  `sluice sync --help` says what there is
                        """);
        assertThat(sluice.run("snyc", "--json", shop))
                .isEqualTo(new Result(
                        2,
                        "{\"ok\":false,\"error\":{\"code\":\"command.wrong\",\"type\":\"config_error\",\"message\":\"'snyc' is not known;"
                                + " did you mean 'sync'?\",\"next\":\"`sluice --help` says what there is\"}}\n",
                        ""));
        assertThat(sluice.run("read", "--limit", "few", shop).err())
                .startsWith("error[command.wrong]: invalid value for option '--limit': 'few' is not a long\n");
        assertThat(sluice.run("sync", "--no-such-option", shop).code()).isEqualTo(2);
    }

    @Test
    void printsItsVersion() {
        assertThat(sluice.run("--version")).isEqualTo(new Result(0, "sluice 0.1.0\n", ""));
        assertThat(sluice.run("--version", "--json"))
                .isEqualTo(new Result(0, "{\"ok\":true,\"result\":{\"version\":\"0.1.0\"}}\n", ""));
    }

    @Test
    void helpFitsOnATerminal() throws Exception {
        String all = "";
        for (String verb : VERBS) {
            String[] args = (verb + " --help").strip().split(" ");
            Result result = sluice.run(args);
            assertThat(result.code()).isZero();
            assertThat(result.err()).isEmpty();
            all += "$ sluice %s\n%s\n".formatted(String.join(" ", args), result.out());
        }
        assertThat(all.lines()).allMatch(line -> line.length() <= 80);
        Path golden = Path.of("src/test/resources/dev/sluice/runner/cli/help.txt");
        assertThat(all).isEqualTo(Files.readString(golden));
    }
}
