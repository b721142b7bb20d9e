package dev.sluice;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.Place;
import dev.sluice.runner.launch.StoppableLauncher;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Runs connectors that speak the Airbyte protocol, for a Java program. Where all starts:
///
/// ```java
/// try (Sluice sluice = Sluice.open()) {
///     sluice.source("airbyte/source-github:2.1.0").config(settings).check();
/// }
/// ```
///
/// Closing it stops everything it has started and waits for that; so does the end of the JVM. What a killed
/// JVM has left is removed by the next one that opens a Sluice.
public final class Sluice implements AutoCloseable {
    final Place place;
    final RunLog log;
    private final Optional<Path> home;
    private final ObjectNode settings;
    private final Workbench workbench;
    private final RenewedConfigs renewed = new RenewedConfigs();
    private final Set<AutoCloseable> running = ConcurrentHashMap.newKeySet();
    private final Thread hook = Thread.ofPlatform().name("sluice stop").unstarted(this::close);
    private volatile boolean closed;

    private Sluice(Builder builder) {
        this.home = builder.home;
        this.place = Place.program(builder.directory);
        this.settings = builder.settings.deepCopy();
        this.log = builder.log;
        this.workbench = new Workbench(
                home.orElse(place.directory()),
                builder.environment,
                text -> log.line(Level.INFO, "sluice", text),
                log,
                new SecretMask());
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// A Sluice whose own connectors are those of the folder that the variable `SLUICE_HOME` names; without
    /// it, it runs images and commands only.
    public static Sluice open() {
        return builder().open();
    }

    /// A Sluice with connectors of its own.
    ///
    /// @param home the folder of a built Sluice, the one that holds `connectors/`
    public static Sluice open(Path home) {
        return builder().home(home).open();
    }

    /// For everything that is not said by default.
    public static Builder builder() {
        return new Builder();
    }

    /// A source: one of ours by its name (`github`, also `source-github`), or any image with its tag.
    ///
    /// @throws RunnerException `connector.unknown` when it is not an image and this Sluice has no connectors
    public Source source(String name) {
        return new Source(this, "", named("source", name));
    }

    /// A source that is a program of this machine; it runs as a process.
    ///
    /// @param command program and arguments
    public Source sourceCommand(String... command) {
        return new Source(this, "", command(command));
    }

    /// A destination: one of ours by its name, or any image with its tag.
    ///
    /// @throws RunnerException `connector.unknown` when it is not an image and this Sluice has no connectors
    public Destination destination(String name) {
        return new Destination(this, "", named("destination", name));
    }

    /// A destination that is a program of this machine; it runs as a process.
    ///
    /// @param command program and arguments
    public Destination destinationCommand(String... command) {
        return new Destination(this, "", command(command));
    }

    private ObjectNode named(String side, String name) {
        ObjectNode described = Json.mapper().createObjectNode();
        if (name.contains(":") || name.contains("/")) {
            return described.put("image", name);
        }
        if (home.isEmpty()) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "connector.unknown",
                    "'%s' is not an image with its tag, and this Sluice has no connectors of its own".formatted(name),
                    "",
                    "name an image, for example airbyte/source-github:2.1.0, or the folder of a Sluice with"
                            + " Sluice.open(Path) or SLUICE_HOME");
        }
        return described.put("type", name.startsWith(side + "-") ? name.substring(side.length() + 1) : name);
    }

    private static ObjectNode command(String... command) {
        ObjectNode described = Json.mapper().createObjectNode();
        List.of(command).forEach(described.putArray("command")::add);
        return described;
    }

    /// What stands in a connection file beside source, destination and streams.
    ObjectNode settings() {
        return settings.deepCopy();
    }

    /// The machine, for work that was begun by [#call] or [#opened].
    Workbench workbench() {
        return workbench;
    }

    Connection connection(ObjectNode tree, StoppableLauncher launcher) throws InterruptedException {
        Connection connection = workbench.connection(tree, place, launcher);
        connection.keepConfigsIn(renewed.of(tree, connection.name(), workbench.configs(connection, Optional.empty())));
        return connection;
    }

    @FunctionalInterface
    interface Work<T> {
        /// @param launcher starts connectors that are stopped together
        T with(StoppableLauncher launcher) throws InterruptedException;
    }

    /// Does something that starts connectors; an interrupt of the caller stops them.
    <T> T call(String name, Work<T> work) {
        StoppableLauncher launcher = new StoppableLauncher(workbench.launcher());
        return await(new Call<>(name, () -> work.with(launcher), launcher::stopAll), () -> {});
    }

    <T> T await(Call<T> call, Runnable eachSecond) {
        opened(call);
        try {
            return call.await(eachSecond);
        } finally {
            ended(call);
        }
    }

    /// From now on closed with this Sluice.
    void opened(AutoCloseable work) {
        running.add(work);
        if (closed) {
            ended(work);
            throw new IllegalStateException("this Sluice is closed");
        }
    }

    void ended(AutoCloseable work) {
        running.remove(work);
    }

    private void stop() {
        for (AutoCloseable work : running) {
            try {
                work.close();
            } catch (Exception e) {
                log.line(Level.WARN, "sluice", "was not closed as it should: " + e);
            }
        }
        workbench.stopConnectors();
    }

    /// Stops everything that runs, syncs in good order, and returns when nothing of it is left. Whoever waits
    /// for it gets `runner.stopped` or `sync.cancelled`. Safe to call again.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop();
        workbench.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook is at work.
        }
    }

    /// What a Sluice is opened with.
    public static final class Builder {
        private final ObjectNode settings = Json.mapper().createObjectNode();
        private Map<String, String> environment = System.getenv();
        private Optional<Path> home = Optional.empty();
        private Path directory = Path.of("");
        private RunLog log = new SystemLog();

        private Builder() {}

        /// The folder of a built Sluice, with `connectors/` in it. Default: what `SLUICE_HOME` says, else
        /// none.
        public Builder home(Path home) {
            this.home = Optional.of(home.toAbsolutePath().normalize());
            return this;
        }

        /// Where relative paths start, and in whose `.sluice` states are kept, as in the folder of a
        /// connection file. Default: the working directory.
        public Builder directory(Path directory) {
            this.directory = requireNonNull(directory, "directory is null");
            return this;
        }

        /// Where states are kept instead: a file, or `postgresql://user:password@host:port/database`.
        public Builder state(String place) {
            settings.put("state", place);
            return this;
        }

        /// Time-outs, attempts and the like, as under `limits:` in a connection file.
        public Builder limits(Map<String, ?> limits) {
            settings.set("limits", Values.tree(limits));
            return this;
        }

        /// What stands in for the environment of this JVM: `SLUICE_HOME`, `SLUICE_STATE`, and the variables
        /// that specs name for settings, such as `PGPASSWORD`.
        public Builder environment(Map<String, String> environment) {
            this.environment = Map.copyOf(environment);
            return this;
        }

        /// Receives what connectors say beside their messages, and what Sluice has to say; secrets are
        /// masked. Called by several threads, which wait for it. Default: the [System.Logger] `dev.sluice`,
        /// where connectors are heard at DEBUG.
        public Builder log(RunLog log) {
            this.log = requireNonNull(log, "log is null");
            return this;
        }

        /// @throws RunnerException when the temporary directory cannot be written
        public Sluice open() {
            if (home.isEmpty() && !environment.getOrDefault("SLUICE_HOME", "").isEmpty()) {
                home(Path.of(environment.get("SLUICE_HOME")));
            }
            return new Sluice(this);
        }
    }
}
