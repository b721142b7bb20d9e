package dev.sluice.runner.cli;

import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.sync.StreamProgress;
import dev.sluice.runner.sync.SyncReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The end of a sync: what moved, where the data is, where the state is.
final class Summary {
    private final Terminal terminal;

    Summary(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(SyncReport report, Connection connection, String stateLocation) {
        for (StreamProgress stream : report.streams()) {
            terminal.out().println(line(report, stream));
        }
        terminal.out()
                .println("%,d %s, %,d %s in %s%s; state in %s"
                        .formatted(
                                report.streams().size(),
                                report.streams().size() == 1 ? "stream" : "streams",
                                report.records(),
                                report.records() == 1 ? "record" : "records",
                                took(report.took()),
                                report.attempts() == 1 ? "" : " and %d attempts".formatted(report.attempts()),
                                nearby(stateLocation)));
        if (report.isSuccess()) {
            report.whereToLook().ifPresent(where -> terminal.out().println(where));
        }
    }

    /// A path below the current directory as one would type it; anything else as it is.
    private static String nearby(String location) {
        String here = Path.of("").toAbsolutePath() + "/";
        return location.startsWith(here) ? location.substring(here.length()) : location;
    }

    private static String line(SyncReport report, StreamProgress stream) {
        String outcome = stream.complete()
                ? "complete"
                : "%,d stored%s"
                        .formatted(
                                stream.committed(),
                                stream.sourceStatus().equals(Optional.of(AirbyteStreamStatus.INCOMPLETE))
                                        ? ", incomplete"
                                        : "");
        return table(report, stream, outcome);
    }

    private static String table(SyncReport report, StreamProgress stream, String outcome) {
        int width = report.streams().stream()
                .mapToInt(s -> s.stream().toString().length())
                .max()
                .orElse(1);
        return ("  %-" + Math.min(Math.max(width, 1), 32) + "s %,13d records %9s  %s")
                .formatted(stream.stream(), stream.records(), size(stream.bytes()), outcome);
    }

    static String size(long bytes) {
        return bytes < 1_000_000
                ? "%,.1f kB".formatted(bytes / 1e3)
                : bytes < 1_000_000_000 ? "%,.1f MB".formatted(bytes / 1e6) : "%,.2f GB".formatted(bytes / 1e9);
    }

    /// A time that was measured; a limit is spelled by [Connection.Limits#words].
    static String took(Duration took) {
        long seconds = took.toSeconds();
        if (seconds < 60) {
            return "%.1f s".formatted(took.toMillis() / 1000.0);
        }
        return seconds < 3600
                ? "%d min %d s".formatted(seconds / 60, seconds % 60)
                : "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }
}
