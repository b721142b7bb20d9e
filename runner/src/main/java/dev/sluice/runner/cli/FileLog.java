package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.connection.Connection.LogsKept;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The log of one run, in a file. What arrives here is masked already.
///
/// A connector that floods it must not fill the disk, where the state store may be too: see [#holdAtMost].
final class FileLog implements RunLog, AutoCloseable {
    /// Stack traces are worth more, see [RunLog#MAX_TEXT].
    private static final int MAX_ORDINARY = 10_000;

    /// The name under which the runner itself speaks.
    private static final String SYNC = "sluice";

    private final Path directory;
    private final String prefix;
    private Path file;
    private OutputStream out;
    private long max = LogsKept.MAX_BYTES;
    private long written;
    private boolean isCut;
    private Optional<IOException> problem = Optional.empty();

    /// @param directory `.sluice` beside the connection file
    /// @param connection the name of the connection file
    FileLog(Path directory, String connection) {
        this.directory = directory.resolve("logs");
        this.prefix = connection + "-";
        String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        this.file = named(time, ProcessHandle.current().pid());
    }

    private Path named(String time, long number) {
        return directory.resolve("%s%s-%d.log".formatted(prefix, time, number));
    }

    synchronized Path file() {
        return file;
    }

    /// Until the sync has a number, the name has that of the process.
    @Override
    public synchronized Optional<String> begins(long sync) {
        String time =
                file.getFileName().toString().substring(prefix.length(), prefix.length() + "yyyyMMdd-HHmmss".length());
        Path named = named(time, sync);
        try {
            if (out != null) {
                Files.move(file, named); // What is open stays open.
            }
            file = named;
        } catch (IOException e) {
            problem = Optional.of(e);
        }
        return Optional.of(file.toString());
    }

    /// From so many bytes on, the log holds only warnings and errors, up to a tenth more, and of the sync itself all,
    /// up to another tenth.
    synchronized void holdAtMost(long bytes) {
        max = bytes;
    }

    /// Removes older logs of the same connection file.
    void removeOlder(LogsKept keep) {
        try (Stream<Path> files = Files.list(directory)) {
            // A name begins with its time.
            Pattern ours = Pattern.compile(Pattern.quote(prefix) + "\\d{8}-\\d{6}-\\d+\\.log");
            List<Path> logs = files.filter(
                            path -> ours.matcher(path.getFileName().toString()).matches())
                    .filter(path -> !path.equals(file()))
                    .sorted(Comparator.comparing(Path::getFileName).reversed())
                    .toList();
            for (int i = 0; i < logs.size(); i++) {
                // The one of this run is the newest.
                if (i + 1 >= keep.newest()
                        || Files.getLastModifiedTime(logs.get(i))
                                .toInstant()
                                .isBefore(Instant.now().minus(keep.age()))) {
                    Files.deleteIfExists(logs.get(i));
                }
            }
        } catch (IOException e) {
            // They are in nobody's way; the next run tries again.
        }
    }

    /// Why there is less in it than was said; empty when all is.
    synchronized Optional<String> problem() {
        return problem.map(e -> "the log %s could not be written: %s".formatted(file, e.getMessage()))
                .or(() -> isCut
                        ? Optional.of("the log %s was cut at %,d bytes; raise `max_size` under `logs:` to keep more"
                                .formatted(file, max))
                        : Optional.empty());
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
                out = new BufferedOutputStream(Files.newOutputStream(file));
            }
            int longest = level.compareTo(Level.ERROR) <= 0 ? MAX_TEXT : MAX_ORDINARY;
            String cut = text.length() <= longest ? text : text.substring(0, longest) + "…";
            write(level, connector, cut);
            if (level.compareTo(Level.INFO) < 0) {
                out.flush();
            }
        } catch (IOException e) {
            problem = Optional.of(e);
        }
    }

    private void write(Level level, String connector, String text) throws IOException {
        byte[] line = "%s %-5s %s: %s%n"
                .formatted(LocalDateTime.now().truncatedTo(ChronoUnit.MILLIS), level, connector, text)
                .getBytes(UTF_8);
        if (!isCut && written + line.length > max) {
            isCut = true;
            write(
                    Level.WARN,
                    SYNC,
                    "the log is cut here, at %,d bytes: only warnings and errors follow".formatted(max));
        }
        long room = !isCut
                ? max
                : connector.equals(SYNC) ? max + max / 5 : level.compareTo(Level.WARN) <= 0 ? max + max / 10 : 0;
        if (written + line.length <= room) {
            out.write(line);
            written += line.length;
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
