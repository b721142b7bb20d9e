package dev.sluice.cdk.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.json.Messages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A connector that runs in a thread of this JVM: lines go in, lines come out, until one side ends it.
///
/// One lock guards everything both sides see; whoever changes something wakes the other.
public final class Conversation implements AutoCloseable {
    private final Duration patience;
    private final Optional<ConnectorHarness.Disturbed> disturbed;
    private final Path directory;
    private final Thread connector;
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    private final Object lock = new Object();
    private final Deque<byte[]> input = new ArrayDeque<>();
    private boolean inputEnded;
    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream half = new ByteArrayOutputStream();
    private boolean outputClosed;
    private int heard;
    private Integer exitCode;
    private Throwable crash;

    static Conversation start(
            ConnectorHarness.Program program,
            String command,
            Map<String, JsonNode> files,
            List<String> arguments,
            Duration patience,
            Optional<ConnectorHarness.Disturbed> disturbed) {
        try {
            Path directory = Files.createTempDirectory("connector");
            List<String> args = new ArrayList<>(arguments);
            if (!command.isEmpty()) {
                args.add(command);
            }
            for (var file : files.entrySet()) {
                Path path = directory.resolve(file.getKey() + ".json");
                Files.writeString(path, file.getValue().toString());
                args.add("--" + file.getKey());
                args.add(path.toString());
            }
            return new Conversation(program, args.toArray(String[]::new), directory, patience, disturbed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Conversation(
            ConnectorHarness.Program program,
            String[] args,
            Path directory,
            Duration patience,
            Optional<ConnectorHarness.Disturbed> disturbed) {
        this.patience = patience;
        this.disturbed = disturbed;
        this.directory = directory;
        this.connector = Thread.ofPlatform().name("connector").daemon().unstarted(() -> run(program, args));
        connector.start();
    }

    private void run(ConnectorHarness.Program program, String[] args) {
        int code = -1;
        Throwable thrown = null;
        try (PrintStream err = new PrintStream(stderr, true, UTF_8)) {
            code = program.run(args, new Stdin(), new Stdout(), err);
        } catch (Throwable e) {
            thrown = e;
        }
        synchronized (lock) {
            exitCode = code;
            crash = thrown;
            lock.notifyAll();
        }
    }

    /// Writes lines to the connector's standard input; line feeds are added.
    public Conversation say(String... lines) {
        synchronized (lock) {
            for (String line : lines) {
                input.add((line + "\n").getBytes(UTF_8));
            }
            lock.notifyAll();
        }
        return this;
    }

    public Conversation say(AirbyteMessage... messages) {
        for (AirbyteMessage message : messages) {
            say(Messages.toJson(message).toString());
        }
        return this;
    }

    /// Waits for the next line of this type (`STATE`, `LOG`, …) that no earlier call has returned; lines of
    /// other types on the way are passed over.
    public JsonNode hear(String type) {
        return hear(line -> line.path("type").asText().equals(type), type);
    }

    private JsonNode hear(Predicate<JsonNode> wanted, String what) {
        synchronized (lock) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (true) {
                while (heard < lines.size()) {
                    JsonNode line = Transcript.json(lines.get(heard++));
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                if (exitCode != null) {
                    throw new AssertionError(
                            "the connector ended without the %s that was waited for; %s".formatted(what, transcript()));
                }
                await(deadline, "it printed no " + what);
            }
        }
    }

    /// Ends the connector's input and waits for its exit.
    public Transcript end() {
        synchronized (lock) {
            inputEnded = true;
            lock.notifyAll();
        }
        return awaitExit();
    }

    /// Interrupts the connector, as SIGTERM does, and waits for its exit. Its input stays open.
    public Transcript interrupt() {
        connector.interrupt();
        return awaitExit();
    }

    private Transcript awaitExit() {
        synchronized (lock) {
            long deadline = System.nanoTime() + patience.toNanos();
            while (exitCode == null) {
                await(deadline, "it did not end");
            }
        }
        deleteFiles();
        if (crash != null) {
            throw new AssertionError("the connector's main method threw, which ends a JVM without a word", crash);
        }
        return transcript();
    }

    private void await(long deadline, String complaint) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            AssertionError hangs = new AssertionError("%s within %s; standard output so far: %s"
                    .formatted(complaint, patience, Transcript.shortened(lines)));
            hangs.setStackTrace(connector.getStackTrace());
            throw hangs;
        }
        try {
            lock.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the connector", e);
        }
    }

    private Transcript transcript() {
        synchronized (lock) {
            List<String> all = new ArrayList<>(lines);
            boolean whole = half.size() == 0;
            if (!whole) {
                all.add(half.toString(UTF_8));
            }
            return new Transcript(all, whole, exitCode == null ? -1 : exitCode, stderr.toString(UTF_8));
        }
    }

    /// Ends a conversation that a failing test left open.
    @Override
    public void close() {
        synchronized (lock) {
            inputEnded = true;
            lock.notifyAll();
        }
        connector.interrupt();
        try {
            connector.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deleteFiles();
    }

    private void deleteFiles() {
        try (var files = Files.exists(directory) ? Files.list(directory) : java.util.stream.Stream.<Path>empty()) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Like the standard input of a process: waits for lines, and an interrupt ends the wait.
    private final class Stdin extends InputStream {
        private byte[] chunk = {};
        private int at;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            synchronized (lock) {
                while (at == chunk.length) {
                    if (!input.isEmpty()) {
                        chunk = input.remove();
                        at = 0;
                    } else if (inputEnded) {
                        return -1;
                    } else {
                        waitForLines();
                    }
                }
                int count = Math.min(length, chunk.length - at);
                System.arraycopy(chunk, at, target, offset, count);
                at += count;
                return count;
            }
        }

        private void waitForLines() throws IOException {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
        }

        @Override
        public int available() {
            synchronized (lock) {
                return chunk.length
                        - at
                        + input.stream().mapToInt(c -> c.length).sum();
            }
        }
    }

    private final class Stdout extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            synchronized (lock) {
                int from = offset;
                for (int i = offset; i < offset + length; i++) {
                    if (outputClosed) {
                        throw new IOException("Broken pipe");
                    }
                    if (source[i] == '\n') {
                        half.write(source, from, i - from);
                        from = i + 1;
                        line();
                    }
                }
                half.write(source, from, offset + length - from);
            }
        }

        private void line() {
            String line = half.toString(UTF_8);
            half.reset();
            lines.add(line);
            lock.notifyAll();
            if (disturbed.isPresent() && disturbed.get().at().test(line)) {
                switch (disturbed.get().how()) {
                    case INTERRUPT -> connector.interrupt();
                    case CLOSED_OUTPUT -> outputClosed = true;
                }
            }
        }
    }
}
