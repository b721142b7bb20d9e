package dev.sluice.runner.cli;

import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.runner.RunLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// The log of one run, in a file. What arrives here is masked already.
final class FileLog implements RunLog, AutoCloseable {
    private static final int MAX_TEXT = 10_000;

    private final Path file;
    private BufferedWriter out;

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

    @Override
    public synchronized void line(Level level, String connector, String text) {
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
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
