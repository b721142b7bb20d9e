package dev.sluice.runner.cli;

import dev.sluice.runner.sync.StreamProgress;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Shows how far a sync is: a block that repaints itself where a person watches, else a line now and then.
final class ProgressView implements AutoCloseable {
    private static final Duration REPAINT = Duration.ofMillis(250);
    private static final Duration LINE = Duration.ofSeconds(10);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneId.systemDefault());
    private static final int MAX_STREAMS = 12;

    private final Terminal terminal;
    private final Supplier<List<StreamProgress>> streams;
    private final long startedAt = System.nanoTime();

    /// Of earlier attempts: they say nothing about how fast this one is.
    private final long recordsBefore;

    private final Thread painter;
    private int painted;

    ProgressView(Terminal terminal, Supplier<List<StreamProgress>> streams, boolean silent) {
        this.terminal = terminal;
        this.streams = streams;
        this.recordsBefore =
                streams.get().stream().mapToLong(StreamProgress::records).sum();
        this.painter = silent
                ? Thread.ofVirtual().unstarted(() -> {})
                : Thread.ofVirtual().start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(terminal.interactive() ? REPAINT : LINE);
                if (terminal.interactive()) {
                    repaint();
                } else {
                    terminal.err().println(line());
                }
            }
        } catch (InterruptedException e) {
            // The sync has ended.
        }
    }

    private synchronized void repaint() {
        StringBuilder block = new StringBuilder(erase());
        List<StreamProgress> progress = streams.get();
        int shown = Math.min(progress.size(), MAX_STREAMS);
        for (StreamProgress stream : progress.subList(0, shown)) {
            block.append(cut(row(stream))).append('\n');
        }
        block.append(cut("  " + line())).append('\n');
        painted = shown + 1;
        terminal.err().print(block);
        terminal.err().flush();
    }

    private static String row(StreamProgress stream) {
        String percent = stream.estimate()
                .filter(estimate -> estimate > 0)
                .map(estimate -> " %3d %%".formatted(Math.min(100, stream.records() * 100 / estimate)))
                .orElse("");
        return "  %-24s %,13d records %9s%s%s"
                .formatted(stream.stream(), stream.records(), Summary.size(stream.bytes()), percent, waits(stream));
    }

    /// What a stream that does not move waits for; empty when it moves.
    private static String waits(StreamProgress stream) {
        if (!stream.isRateLimited()) {
            return "";
        }
        return " waits for its rate limit"
                + stream.quotaReset()
                        .map(until -> ", until " + TIME.format(until))
                        .orElse("");
    }

    String line() {
        long records = 0;
        long bytes = 0;
        long committed = 0;
        for (StreamProgress stream : streams.get()) {
            records += stream.records();
            bytes += stream.bytes();
            committed += stream.committed();
        }
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        String waiting = streams.get().stream()
                .filter(StreamProgress::isRateLimited)
                .map(stream -> "; " + stream.stream() + waits(stream))
                .collect(Collectors.joining());
        return "%,d records (%s), %,.0f/s, %,d stored, %s%s"
                .formatted(
                        records,
                        Summary.size(bytes),
                        (records - recordsBefore) / seconds,
                        committed,
                        Summary.words(Duration.ofMillis((long) (seconds * 1000))),
                        waiting);
    }

    private String cut(String text) {
        return text.length() < terminal.columns() ? text : text.substring(0, terminal.columns() - 1);
    }

    /// Up over what was painted, and clears it.
    private String erase() {
        return painted == 0 ? "" : "\u001b[" + painted + "A\u001b[J";
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
