package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.runner.launch.ProcessMark;
import dev.sluice.runner.store.SqlStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The command line in a JVM of its own, stopped from outside.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
final class SignalTest {
    @TempDir
    private Path folder;

    private TestingSluice sluice;
    private Path temporary;
    private Path ready;

    @BeforeEach
    void makeFolder() throws IOException {
        sluice = new TestingSluice(folder);
        temporary = Path.of(sluice.environment.get("TMPDIR"));
        ready = folder.resolve("ready");
    }

    @AfterEach
    void leavesNothingBehind() throws IOException {
        try (var left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("sluice")))
                    .isEmpty();
        }
        assertThat(new ProcessMark(temporary + "/").kill()).as("processes").isEmpty();
    }

    private Process start(String... args) throws IOException {
        ProcessBuilder builder = sluice.inItsOwnJvm(List.of(), args);
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private void awaitReady() {
        while (!Files.exists(ready)) {
            Thread.onSpinWait();
        }
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"), UTF_8);
    }

    @Test
    void aSyncStoppedByTermStoresWhatWasCommitted() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace(
                "{\"id\":2}}}}' ;;", "{\"id\":2}}}}'; touch %s; exec sleep 1000 ;;".formatted(ready)));
        Process sync = start("sync", sluice.file.toString());
        awaitReady();
        sync.destroy();

        assertThat(sync.waitFor()).isEqualTo(143);
        assertThat(err()).contains("error[sync.cancelled]: the sync was stopped\n  next:  run it again to continue\n");
        assertThat(SqlStateStore.file(folder.resolve(".sluice/state.db"))
                        .peek("shop")
                        .orElseThrow()
                        .toDocument())
                .isPresent();
    }

    @Test
    void aSyncStoppedByCtrlCEndsWith130() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", "touch %s; exec sleep 1000".formatted(ready)));
        Process sync = start("sync", sluice.file.toString());
        awaitReady();
        new ProcessBuilder("kill", "-INT", String.valueOf(sync.pid())).start().waitFor();

        assertThat(sync.waitFor()).isEqualTo(130);
    }

    @Test
    void aSyncStoppedBetweenTwoAttemptsDoesNotWait() throws Exception {
        Files.writeString(sluice.file, "limits: {retry_after: 1h}\n", java.nio.file.StandardOpenOption.APPEND);
        sluice.source(TestingSluice.SOURCE.replace("echo 'Loading…'", "exit 1"));
        Process sync = start("sync", sluice.file.toString());
        while (!err().contains("the next begins in 1 h")) {
            Thread.onSpinWait();
        }
        sync.destroy();

        assertThat(sync.waitFor()).isEqualTo(143);
        assertThat(err()).contains("error[sync.cancelled]: the sync was stopped\n  next:  run it again to continue\n");
    }

    @Test
    void aSyncStoppedWhileItDiscoversStopsTheSource() throws Exception {
        sluice.source(
                TestingSluice.SOURCE.replace("discover) ", "discover) touch %s; exec sleep 1000; ".formatted(ready)));
        Process sync = start("sync", sluice.file.toString());
        awaitReady();
        sync.destroy();

        assertThat(sync.waitFor()).isEqualTo(143);
    }

    @Test
    void aCheckThatIsStoppedStopsItsConnector() throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("check) ", "check) touch %s; exec sleep 1000; ".formatted(ready)));
        Process check = start("check", sluice.file.toString());
        awaitReady();
        check.destroy();

        assertThat(check.waitFor()).isEqualTo(143);
    }

    @Test
    void aCommandThatEndsByItselfKeepsItsExitCodeAndItsLetters() throws Exception {
        assertThat(start("read", sluice.file.toString()).waitFor()).isZero();
        assertThat(Files.readString(folder.resolve("out"), UTF_8)).contains("Zoë");
        assertThat(start("sync", folder.resolve("none.yaml").toString()).waitFor())
                .isEqualTo(2);
    }

    @Test
    void aReaderThatLeavesEndsARead() throws Exception {
        sluice.source(
                TestingSluice.SOURCE.replace(
                        "echo 'Loading…'",
                        "exec yes '{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1},\"emitted_at\":1}}'"));
        ProcessBuilder builder = sluice.inItsOwnJvm(List.of(), "read", "--limit", "0", sluice.file.toString());
        builder.command().addAll(0, List.of("sh", "-c", "\"$@\" | head -n 1", "sh"));
        assertThat(builder.start().waitFor()).isZero();
        assertThat(Files.readString(folder.resolve("out"))).isEqualTo("{\"id\":1}\n");
    }
}
