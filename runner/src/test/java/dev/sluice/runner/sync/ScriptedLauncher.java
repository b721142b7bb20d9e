package dev.sluice.runner.sync;

import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunningConnector;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Connectors that follow a script, each on a thread of this JVM, behind real pipes.
class ScriptedLauncher implements Launcher {
    /// What a connector does between its start and its end.
    @FunctionalInterface
    interface Script {
        /// Returns how it ended.
        ExitStatus play(Stage stage) throws Exception;
    }

    /// What a script can do, and what it was asked.
    interface Stage {
        ConnectorCommand command();

        /// Which connector it is.
        String name();

        void say(String... lines);

        void sayBytes(byte[] bytes);

        /// On standard error.
        void complain(String line);

        /// The next line of standard input; null at its end.
        String hear();

        /// Waits until it is stopped.
        void hang() throws InterruptedException;

        void closeOutput();

        void closeInput();
    }

    private final Script source;
    private final Script destination;
    private final Script questions;
    final List<ScriptedConnector> launched = Collections.synchronizedList(new ArrayList<>());

    ScriptedLauncher(Script source, Script destination) {
        this(source, destination, stage -> {
            throw new IllegalArgumentException(stage.command().verb());
        });
    }

    /// @param questions how both sides answer spec, check and discover
    ScriptedLauncher(Script source, Script destination, Script questions) {
        this.source = source;
        this.destination = destination;
        this.questions = questions;
    }

    @Override
    public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
            throws InterruptedException {
        Script script = switch (command) {
            case ConnectorCommand.Read _ -> source;
            case ConnectorCommand.Write _ -> destination;
            case ConnectorCommand.Spec _, ConnectorCommand.Check _, ConnectorCommand.Discover _ -> questions;
        };
        ScriptedConnector running = new ScriptedConnector(connector.name(), command, script, stderr);
        launched.add(running);
        return running;
    }

    @Override
    public String fingerprint(ConnectorLaunch connector) {
        return "";
    }

    static final class ScriptedConnector implements RunningConnector, Stage {
        private final String name;
        private final ConnectorCommand command;
        private final LineSink stderr;
        private final Pipe stdin;
        private final Pipe stdout;
        private final BufferedReader input;
        private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        private final Thread actor;
        private volatile boolean stopped;
        volatile boolean closed;

        ScriptedConnector(String name, ConnectorCommand command, Script script, LineSink stderr) {
            this.name = name;
            this.command = command;
            this.stderr = stderr;
            try {
                stdin = Pipe.open();
                stdout = Pipe.open();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            input = new BufferedReader(new InputStreamReader(Channels.newInputStream(stdin.source())));
            actor = Thread.ofPlatform().daemon().name(name).start(() -> act(script));
        }

        private void act(Script script) {
            ExitStatus status;
            try {
                status = script.play(this);
            } catch (Exception | AssertionError e) {
                // A real connector would print its stack trace and exit with 1.
                complaints.add(e.toString());
                status = new ExitStatus.Exited(1);
            }
            close(stdout.sink());
            close(stdin.source());
            exit.complete(stopped && !status.isSuccess() ? new ExitStatus.Stopped() : status);
        }

        private static void close(AutoCloseable end) {
            try {
                end.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public ConnectorCommand command() {
            return command;
        }

        @Override
        public void say(String... lines) {
            try {
                // At once: a connector that is stopped after the first of them has said all.
                String said = String.join("\n", lines) + "\n";
                Channels.newOutputStream(stdout.sink()).write(said.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException("stopped", e);
            }
        }

        @Override
        public void sayBytes(byte[] bytes) {
            try {
                Channels.newOutputStream(stdout.sink()).write(bytes);
            } catch (IOException e) {
                throw new IllegalStateException("stopped", e);
            }
        }

        @Override
        public void complain(String line) {
            complaints.add(line);
            stderr.line(line);
        }

        @Override
        public String hear() {
            try {
                return input.readLine();
            } catch (IOException e) {
                throw new IllegalStateException("stopped", e);
            }
        }

        @Override
        public void hang() throws InterruptedException {
            synchronized (this) {
                while (!stopped) {
                    wait();
                }
            }
            throw new InterruptedException("stopped");
        }

        @Override
        public void closeOutput() {
            close(stdout.sink());
        }

        @Override
        public void closeInput() {
            close(stdin.source());
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public InputStream output() {
            return Channels.newInputStream(stdout.source());
        }

        @Override
        public OutputStream input() {
            return Channels.newOutputStream(stdin.sink());
        }

        @Override
        public ExitStatus awaitExit() throws InterruptedException {
            try {
                return exit.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Optional<ExitStatus> awaitExit(Duration limit) throws InterruptedException {
            try {
                return Optional.of(exit.get(limit.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public List<String> lastErrorLines() {
            return List.copyOf(complaints);
        }

        @Override
        public void stop(Duration grace) {
            synchronized (this) {
                if (exit.isDone()) {
                    return;
                }
                stopped = true;
                notifyAll();
            }
            actor.interrupt(); // Ends a blocked read or write: the channels are interruptible.
            exit.join();
        }

        @Override
        public void close() {
            stop(Duration.ZERO);
            close(stdin.sink());
            close(stdout.source());
            closed = true;
        }
    }
}
