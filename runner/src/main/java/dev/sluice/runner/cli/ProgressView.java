package dev.sluice.runner.cli;

import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.sync.StreamProgress;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Shows how far a sync is: a block that repaints itself where a person watches, else a line now and then.
final class ProgressView implements AutoCloseable {
    private static final Duration REPAINT = Duration.ofMillis(250);
    static final Duration LINE = Duration.ofSeconds(10);

    /// Of hundreds, the ones that move are shown; the others are counted.
    private static final int MAX_STREAMS = 12;

    /// What a row needs beside the name: with a name of 22 it fills 80 columns.
    private static final int WITHOUT_NAME = 57;

    /// A stream that has sent nothing for longer is not shown as one that moves.
    private static final Duration RECENT = Duration.ofSeconds(10);

    /// A rate that jumps with each batch tells nothing: it is that of about so long.
    private static final double SMOOTH_SECONDS = 4;

    private static final String UP_OVER = "\u001b[%dA\u001b[J";

    /// Lines that have become too long, because the window was made smaller, are cut: a wrapped one would be two.
    private static final String WITHOUT_WRAPPING = "\u001b[?7l%s\u001b[?7h";

    private final Terminal terminal;
    private final Supplier<List<StreamProgress>> streams;
    private final long startedAt = System.nanoTime();
    private final Map<StreamDescriptor, Meter> meters = new HashMap<>();
    private final Meter all;
    private final Thread painter;
    private int painted;

    /// How fast a stream is, from what it had when last looked at. Begins at what earlier attempts had moved: they say
    /// nothing about this one.
    private static final class Meter {
        private long records;
        private long lookedAt = System.nanoTime();
        private double rate;
        private long movedAt;

        Meter(long records) {
            this.records = records;
        }

        void look(long now, long nowRecords) {
            double seconds = (now - lookedAt) / 1e9;
            if (seconds <= 0) {
                return;
            }
            double current = (nowRecords - records) / seconds;
            rate = rate == 0 ? current : rate + (current - rate) * (1 - Math.exp(-seconds / SMOOTH_SECONDS));
            movedAt = nowRecords > records ? now : movedAt;
            records = nowRecords;
            lookedAt = now;
        }

        boolean moves() {
            return movedAt != 0 && System.nanoTime() - movedAt < RECENT.toNanos();
        }
    }

    ProgressView(Terminal terminal, Supplier<List<StreamProgress>> streams, boolean silent) {
        this.terminal = terminal;
        this.streams = streams;
        this.all = new Meter(
                streams.get().stream().mapToLong(StreamProgress::records).sum());
        streams.get().forEach(stream -> meters.put(stream.stream(), new Meter(stream.records())));
        this.painter = silent
                ? Thread.ofVirtual().unstarted(() -> {})
                : Thread.ofVirtual().start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(terminal.interactive() ? REPAINT : terminal.line());
                List<StreamProgress> now = streams.get();
                look(now);
                if (terminal.interactive()) {
                    repaint(now);
                } else {
                    terminal.err().println(line(now) + reading(now));
                }
            }
        } catch (InterruptedException e) {
            // The sync has ended.
        }
    }

    private void look(List<StreamProgress> now) {
        long time = System.nanoTime();
        all.look(time, now.stream().mapToLong(StreamProgress::records).sum());
        for (StreamProgress stream : now) {
            meters.computeIfAbsent(stream.stream(), _ -> new Meter(0)).look(time, stream.records());
        }
    }

    private synchronized void repaint(List<StreamProgress> now) {
        List<String> lines = new ArrayList<>();
        int name = terminal.columns() - 1 - WITHOUT_NAME;
        int longest = now.stream()
                .mapToInt(stream -> stream.stream().toString().length())
                .max()
                .orElse(0);
        int width = Math.clamp(longest, 6, Math.max(6, name));
        List<StreamProgress> shown = shown(now);
        if (!shown.isEmpty()) {
            lines.add(dim(("  %-" + width + "s %12s %8s %9s %7s")
                    .formatted("stream", "records", "size", "a second", "stored")));
        }
        shown.forEach(stream -> lines.add(row(stream, width)));
        if (shown.size() < now.size()) {
            lines.add("  " + others(now, shown));
        }
        lines.add("  " + line(now));
        StringBuilder block = new StringBuilder(erase());
        lines.forEach(line -> block.append(line).append('\n'));
        painted = lines.size();
        terminal.err().print(WITHOUT_WRAPPING.formatted(block));
        terminal.err().flush();
    }

    /// In the order of the catalog, so that nothing jumps.
    private List<StreamProgress> shown(List<StreamProgress> now) {
        if (now.size() <= MAX_STREAMS) {
            return now;
        }
        Set<StreamDescriptor> latest = now.stream()
                .filter(stream -> !isRead(stream))
                .filter(stream ->
                        stream.isRateLimited() || meters.get(stream.stream()).moves())
                .map(StreamProgress::stream)
                .sorted(Comparator.comparingLong((StreamDescriptor stream) -> meters.get(stream).movedAt)
                        .reversed())
                .limit(MAX_STREAMS)
                .collect(Collectors.toSet());
        return now.stream().filter(stream -> latest.contains(stream.stream())).toList();
    }

    private static String others(List<StreamProgress> now, List<StreamProgress> shown) {
        List<StreamProgress> rest = new ArrayList<>(now);
        rest.removeAll(shown);
        long done = rest.stream().filter(ProgressView::isRead).count();
        long waiting = rest.stream()
                .filter(stream -> !isRead(stream) && stream.records() == 0)
                .count();
        return "%sof %,d streams: %,d read, %,d under way, %,d not begun"
                .formatted(shown.isEmpty() ? "" : "and ", now.size(), done, rest.size() - done - waiting, waiting);
    }

    private static boolean isRead(StreamProgress stream) {
        return stream.complete() || stream.sourceStatus().equals(Optional.of(AirbyteStreamStatus.COMPLETE));
    }

    private String row(StreamProgress stream, int width) {
        double rate = meters.get(stream.stream()).rate;
        return ("  %-" + width + "s %,12d %8s %9s %7s %s")
                .formatted(
                        cut(stream.stream().toString(), width),
                        stream.records(),
                        Summary.size(stream.bytes()),
                        isRead(stream) || stream.isRateLimited() || stream.records() == 0
                                ? ""
                                : "%,.0f".formatted(rate),
                        stored(stream),
                        state(stream, rate))
                .stripTrailing();
    }

    /// How long ago; nothing while there is nothing.
    private static String stored(StreamProgress stream) {
        return stream.sinceStored()
                .map(ProgressView::brief)
                .map(age -> age + " ago")
                .orElse("");
    }

    private static String state(StreamProgress stream, double rate) {
        if (stream.isRateLimited()) {
            return "waits " + until(stream).orElse("");
        }
        if (isRead(stream)) {
            return "read";
        }
        Optional<Long> estimate = stream.estimate().filter(rows -> rows > 0 && rows >= stream.records());
        if (estimate.isEmpty()) {
            return "";
        }
        long left = estimate.get() - stream.records();
        // Without a rate the end cannot be told; and one in days is no news.
        String end = rate < 0.5 || left / rate > 86_400 ? "" : " " + brief(Duration.ofSeconds((long) (left / rate)));
        return "%d%%%s".formatted(stream.records() * 100 / estimate.get(), end.isEmpty() ? "" : end + " left");
    }

    /// The source is told to wait by its own source, and by this time of day.
    private static Optional<String> until(StreamProgress stream) {
        return stream.quotaReset()
                .map(reset -> "to "
                        + LocalTime.ofInstant(reset, ZoneId.systemDefault()).truncatedTo(ChronoUnit.MINUTES));
    }

    private String line(List<StreamProgress> now) {
        long records = 0;
        long bytes = 0;
        long committed = 0;
        for (StreamProgress stream : now) {
            records += stream.records();
            bytes += stream.bytes();
            committed += stream.committed();
        }
        return "%,d records (%s), %,.0f/s, %,d stored, %s"
                .formatted(
                        records,
                        Summary.size(bytes),
                        all.rate,
                        committed,
                        Summary.took(Duration.ofNanos(System.nanoTime() - startedAt)));
    }

    /// What a log wants to know beside the sums: which streams move, and which wait for their source's quota.
    private String reading(List<StreamProgress> now) {
        List<String> limited = now.stream()
                .filter(stream -> stream.isRateLimited())
                .map(stream -> "%s is rate limited%s"
                        .formatted(
                                stream.stream(), until(stream).map(" "::concat).orElse("")))
                .limit(3)
                .toList();
        List<String> moving = now.stream()
                .filter(stream -> !isRead(stream) && meters.get(stream.stream()).moves())
                .map(stream -> stream.stream().toString())
                .toList();
        String named = String.join(", ", moving.subList(0, Math.min(3, moving.size())));
        return (moving.isEmpty() ? "" : "; reading " + named)
                + (moving.size() > 3 ? " and %,d more".formatted(moving.size() - 3) : "")
                + (limited.isEmpty() ? "" : "; " + String.join(", ", limited));
    }

    private static String brief(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 60
                ? seconds + "s"
                : seconds < 3600 ? seconds / 60 + "m" : "%dh%dm".formatted(seconds / 3600, seconds % 3600 / 60);
    }

    private static String cut(String name, int width) {
        if (name.length() <= width) {
            return name;
        }
        // Long names differ at their ends.
        int tail = (width - 1) / 2;
        return name.substring(0, width - 1 - tail) + "…" + name.substring(name.length() - tail);
    }

    private String dim(String text) {
        return terminal.environment().containsKey("NO_COLOR") ? text : "\u001b[2m" + text + "\u001b[0m";
    }

    /// Up over what was painted, and clears it.
    private String erase() {
        return painted == 0 ? "" : UP_OVER.formatted(painted);
    }

    @Override
    public void close() {
        painter.interrupt();
        try {
            painter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            terminal.err().print(erase());
            terminal.err().flush();
            painted = 0;
        }
    }
}
