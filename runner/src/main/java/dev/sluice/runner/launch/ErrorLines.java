package dev.sluice.runner.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Reads a connector's standard error to its end, on a thread of its own: a full pipe would stop the connector.
public final class ErrorLines {
    private static final int KEPT = 20;
    private static final int MAX_LENGTH = 10_000;

    private final Deque<String> last = new ArrayDeque<>();
    private final Thread reader;

    public ErrorLines(String connector, InputStream stderr, Launcher.LineSink sink) {
        reader = // A platform thread: a read of a named pipe would keep a virtual one's carrier, and with it every
                // timer.
                Thread.ofPlatform().daemon().name("stderr of " + connector).start(() -> read(stderr, sink));
    }

    private void read(InputStream stderr, Launcher.LineSink sink) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stderr, StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c != '\n') {
                    if (line.length() < MAX_LENGTH) {
                        line.append((char) c);
                    }
                } else {
                    add(line.toString(), sink);
                    line.setLength(0);
                }
            }
            add(line.toString(), sink);
        } catch (IOException e) {
            // Closed under us: the connector has ended.
        }
    }

    private void add(String line, Launcher.LineSink sink) {
        if (line.isBlank()) {
            return;
        }
        synchronized (last) {
            if (last.size() == KEPT) {
                last.removeFirst();
            }
            last.addLast(line);
        }
        sink.line(line);
    }

    /// Waits until all has been read of a connector that has just ended, but not long: somebody else may hold the pipe.
    public void awaitEnd() {
        try {
            reader.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The last lines, oldest first. Waits a moment for a connector that has just ended.
    public List<String> last() {
        awaitEnd();
        synchronized (last) {
            return List.copyOf(last);
        }
    }
}
