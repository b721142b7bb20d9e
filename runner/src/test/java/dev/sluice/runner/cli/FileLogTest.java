package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.AirbyteLogMessage.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileLogTest {
    private static final int MAX = 1_000_000;

    @TempDir
    private Path folder;

    private FileLog flooded(Level level) {
        FileLog log = new FileLog(folder, "nightly.yaml");
        log.holdAtMost(MAX);
        log.line(Level.INFO, "sluice", "the sync began");
        for (int i = 0; i < 20_000; i++) {
            log.line(level, "source-x", "x".repeat(200));
        }
        return log;
    }

    private static List<String> lines(FileLog log) throws IOException {
        log.close();
        return Files.readAllLines(log.file()).stream()
                .map(line -> line.substring(line.indexOf(' ') + 1).replaceAll("x{200}", "x…"))
                .toList();
    }

    @Test
    void cutsWhatAConnectorFloodsAndKeepsWhatMatters() throws Exception {
        FileLog log = flooded(Level.INFO);
        log.line(Level.ERROR, "source-x", "page 7 is gone");
        log.line(Level.INFO, "source-x", "bye");
        log.line(Level.INFO, "sluice", "the sync failed");

        List<String> lines = lines(log);
        assertThat(Files.size(log.file())).isBetween(MAX * 9L / 10, MAX + 500L);
        assertThat(lines).first().isEqualTo("INFO  sluice: the sync began");
        assertThat(lines.subList(lines.size() - 4, lines.size()))
                .containsExactly(
                        "INFO  source-x: x…",
                        "WARN  sluice: the log is cut here, at 1,000,000 bytes: only warnings and errors follow",
                        "ERROR source-x: page 7 is gone",
                        "INFO  sluice: the sync failed");
        assertThat(lines).filteredOn(line -> line.contains("is cut here")).hasSize(1);
        assertThat(log.problem())
                .hasValue("the log %s was cut at 1,000,000 bytes; raise `max_size` under `logs:` to keep more"
                        .formatted(log.file()));
    }

    @Test
    void holdsAFloodOfErrorsToo() throws Exception {
        FileLog log = flooded(Level.ERROR);
        for (int i = 0; i < 20_000; i++) {
            log.line(Level.WARN, "sluice", "x".repeat(200));
        }

        assertThat(lines(log)).filteredOn(line -> line.contains("is cut here")).hasSize(1);
        assertThat(Files.size(log.file())).isBetween(MAX + MAX / 10L, MAX + MAX / 5L);
    }

    @Test
    void saysNothingOfALogThatIsWhole() throws Exception {
        FileLog log = new FileLog(folder, "nightly.yaml");
        log.line(Level.INFO, "source-x", "hello");

        assertThat(lines(log)).containsExactly("INFO  source-x: hello");
        assertThat(log.problem()).isEmpty();
    }

    /// A text is cut at a number of characters, which may be in the middle of one.
    @Test
    void goesOnAfterHalfACharacter() throws Exception {
        FileLog log = new FileLog(folder, "nightly.yaml");
        log.line(Level.INFO, "source-x", "x" + "😀".repeat(10_000));
        log.line(Level.INFO, "source-x", "hello");

        assertThat(lines(log)).hasSize(2).last().isEqualTo("INFO  source-x: hello");
        assertThat(log.problem()).isEmpty();
    }
}
