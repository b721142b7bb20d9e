package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the data, a runner with 128 MB of heap carries it: a JVM of its own between two programs.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
final class MemoryTest {
    private static final String STATE =
            "echo '{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"users\"},\"stream_state\":{\"id\":2}}}}'";

    @TempDir
    private Path folder;

    private TestingSluice sluice;

    @BeforeEach
    void makeFolder() throws IOException {
        sluice = new TestingSluice(folder);
    }

    /// @param read what the source prints
    /// @param write what the destination does with it
    private String sync(String read, String write) throws Exception {
        sluice.source(TestingSluice.SOURCE.replace("read) echo 'Loading…'", "read) " + read + STATE + "; exit 0"));
        sluice.destination(TestingSluice.DESTINATION.replace("sed -n '/\"STATE\"/p'", write));
        int code = sluice.inItsOwnJvm(
                        List.of("-Xmx128m"),
                        "sync",
                        "--json",
                        "--once", // A runner without memory would try again and again.
                        sluice.file.toString())
                .start()
                .waitFor();
        String out = Files.readString(folder.resolve("out"), UTF_8);
        assertThat(code)
                .as(out + Files.readString(folder.resolve("err"), UTF_8))
                .isZero();
        try (var left = Files.list(folder.resolve("tmp"))) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("sluice")))
                    .isEmpty();
        }
        return out;
    }

    @Test
    void carriesTenMillionSmallRecords() throws Exception {
        String out = sync(
                "yes '{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1,\"name\":\"Zoë\"},\"emitted_at\":1}}'"
                        + " | head -n 10000000; ",
                "grep -a '\"STATE\"'");

        assertThat(out).contains("\"records\":10000000", "\"committed\":10000000");
    }

    /// With a column to remove and a time to add: nothing of a record may depend on its being in memory.
    @Test
    void carriesARecordOf100Megabytes() throws Exception {
        String out = sync(
                "printf '%s' '{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1,\"extra\":\"'; head -c 1000 /dev/zero"
                        + " | tr '\\0' y; printf '%s' '\",\"name\":\"'; head -c 100000000 /dev/zero | tr '\\0' x; echo '\"}}}'; ",
                "tee %s | grep -a '\"STATE\"'".formatted(folder.resolve("heard")));

        try (InputStream heard = Files.newInputStream(folder.resolve("heard"))) {
            String before = "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1,\"name\":\"";
            String behind = "\"},\"emitted_at\":1234567890123}}\n";
            assertThat(new String(heard.readNBytes(before.length()), UTF_8)).isEqualTo(before);
            byte[] name = heard.readNBytes(100_000_000);
            assertThat(name.length).isEqualTo(100_000_000);
            assertThat(new String(heard.readNBytes(behind.length()), UTF_8)).matches("\"},\"emitted_at\":\\d{13}}}\n");
            long length = before.length() + 100_000_000L + behind.length() - 1;
            assertThat(out).contains("\"bytes\":" + length + ",", "\"committed\":1");
        }
    }

    @Test
    void carries5000RecordsOf1MegabyteToASlowDestination() throws Exception {
        String out = sync(
                "awk 'BEGIN { x = \"0123456789\"; while (length(x) < 1000000) x = x x; x = substr(x, 1, 1000000); for (i = 0; i < 5000; i++) print \"{\\\"type\\\":\\\"RECORD\\\","
                        + "\\\"record\\\":{\\\"stream\\\":\\\"users\\\",\\\"data\\\":{\\\"id\\\":\" i \",\\\"name\\\":\\\"\" x \"\\\"},\\\"emitted_at\\\":1}}\" }'; ",
                "sleep 5; grep -a '\"STATE\"'");

        assertThat(out).contains("\"records\":5000", "\"committed\":5000");
    }

    /// What they say is six times the heap.
    @Test
    void carries300000StatesToADestinationThatReturnsThemAtItsEnd() throws Exception {
        String state = STATE.replace("{\"id\":2}", "{\"id\":\"" + "x".repeat(2_500) + "\"}");
        String out = sync(
                state.replaceFirst("echo", "yes") + " | head -n 300000; ",
                "grep -a '\"STATE\"' >%1$s; cat %1$s".formatted(folder.resolve("states")));

        assertThat(out).contains("\"ok\":true", "\"warnings\":[]");
    }
}
