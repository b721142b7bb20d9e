package dev.sluice.runner.cli;

import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.runner.RunLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The log of one run, in a file. What arrives here is masked already.
final class FileLog implements RunLog, AutoCloseable {
    private static final int MAX_TEXT = 10_000;

    private final Path file;
    private BufferedWriter out;
    private Optional<IOException> problem = Optional.empty();

    FileLog(Path directory, String connection) {
        String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        this.file = directory
                .resolve("logs")
                .resolve("%s-%s-%d.log"
                        .formatted(connection, time, ProcessHandle.current().pid()));
    }

    Path file() {
        return file;
    }

    /// Why there is less in it than was said; empty when all is.
    synchronized Optional<String> problem() {
        return problem.map(e -> "the log %s could not be written: %s".formatted(file, e.getMessage()));
    }

    /// Never fails: a full disk must stop neither the sync nor whoever reads a connector's standard error.
    @Override
    public synchronized void line(Level level, String connector, String text) {
        if (problem.isPresent()) {
            return;
        }
        try {
            if (out == null) {
                Files.createDirectories(file.getParent());
                out = Files.newBufferedWriter(file);
            }
            String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
            out.write("%s %-5s %s: %s%n"
                    .formatted(LocalDateTime.now().truncatedTo(ChronoUnit.MILLIS), level, connector, cut));
            if (level.compareTo(Level.INFO) < 0) {
                out.flush();
            }
        } catch (IOException e) {
            problem = Optional.of(e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            problem = Optional.of(e);
        }
    }
}
