package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Side;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A source, a destination, and the streams between them, as the user described them.
///
/// @param name by which its state is kept
/// @param source null when a program describes the destination alone, to have it checked
/// @param destination null when a program describes the source alone, to read it
/// @param streams the selected streams by the name the user gave; empty when nothing was said: then all
/// @param schedule a cron expression; kept, but nothing runs it yet
public record Connection(
        String name,
        Place place,
        Connector source,
        Connector destination,
        Map<String, StreamSettings> streams,
        StreamSettings defaults,
        Optional<String> schedule,
        Limits limits,
        Optional<String> stateStore) {

    /// The same source and streams, read by this program. It may take its time: it is not stuck, it is busy with what
    /// it has read.
    public Connection readBy(RunningConnector program) {
        Limits patient = new Limits(
                limits.sourceTimeout(),
                Duration.ofDays(36_500),
                limits.operationTimeout(),
                limits.lineBytes(),
                1,
                limits.retryAfter(),
                limits.strict(),
                limits.storeTimeout(),
                limits.logs());
        Connector reader = new Connector(
                new ConnectorLaunch.ThisProgram(program), Json.mapper().createObjectNode());
        return new Connection(name, place, source, reader, streams, defaults, schedule, patient, stateStore);
    }

    /// The same, for a destination that has no rows.
    public Connection appending() {
        Map<String, StreamSettings> appending = new LinkedHashMap<>(streams);
        appending.replaceAll((_, settings) -> settings.appending());
        return new Connection(
                name, place, source, destination, appending, defaults.appending(), schedule, limits, stateStore);
    }

    /// The same with other streams.
    public Connection only(Map<String, StreamSettings> others) {
        return new Connection(name, place, source, destination, others, defaults, schedule, limits, stateStore);
    }

    /// @param updates what the connector has asked to be configured with
    public record Connector(ConnectorLaunch launch, ConfigUpdates updates) {
        /// A connector whose configuration is nowhere kept when it asks for another.
        ///
        /// @param config complete, references resolved: holds secrets
        public Connector(ConnectorLaunch launch, ObjectNode config) {
            this(launch, new ConfigUpdates(launch.name(), config));
        }

        /// What to start it with now: complete, holds secrets. Asks where configurations are kept, each time.
        public ObjectNode config() {
            return updates.current();
        }

        @Override
        public String toString() {
            return launch.name(); // Invariant 6: never the configuration.
        }
    }

    /// @param sourceTimeout how long a source may send nothing
    /// @param destinationTimeout how long a destination may take for one write, and after the end of its input
    /// @param operationTimeout how long spec, check and discover may take
    /// @param lineBytes the longest line a connector may print
    /// @param attempts how many in a row may fail without storing anything; with 1 none is made again
    /// @param retryAfter how long to wait after the first such failure; three times as long after each further one
    /// @param strict whether reported errors and counts that do not fit fail a sync that ends well
    /// @param storeTimeout how long the state store may be away in the middle of a sync
    /// @param logs how many logs of earlier runs are kept, and how long one may grow
    public record Limits(
            Duration sourceTimeout,
            Duration destinationTimeout,
            Duration operationTimeout,
            int lineBytes,
            int attempts,
            Duration retryAfter,
            boolean strict,
            Duration storeTimeout,
            LogsKept logs) {
        public static final Limits DEFAULT = new Limits(
                Duration.ofHours(3),
                Duration.ofHours(24),
                Duration.ofMinutes(9),
                256 << 20,
                5,
                Duration.ofSeconds(10),
                false,
                Duration.ofMinutes(10),
                LogsKept.newest(50));

        /// As one would write it in a connection file.
        public static String words(Duration limit) {
            long seconds = limit.toSeconds();
            if (seconds == 0) {
                return limit.toMillis() + " ms";
            }
            return seconds % 3600 == 0
                    ? seconds / 3600 + " h"
                    : seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
        }

        public Limits withAttempts(int number, Duration pause) {
            return new Limits(
                    sourceTimeout,
                    destinationTimeout,
                    operationTimeout,
                    lineBytes,
                    number,
                    pause,
                    strict,
                    storeTimeout,
                    logs);
        }
    }

    /// Which logs of earlier runs are kept: the newest of them, or those that are not older than that.
    ///
    /// @param maxBytes how long the log of one run may grow
    public record LogsKept(int newest, Duration age, long maxBytes) {
        public static final long MAX_BYTES = 1 << 30;

        public static LogsKept newest(int number) {
            return new LogsKept(number, Duration.ofDays(365_000), MAX_BYTES);
        }

        public static LogsKept notOlderThan(Duration age) {
            return new LogsKept(Integer.MAX_VALUE, age, MAX_BYTES);
        }

        LogsKept withMaxBytes(long bytes) {
            return new LogsKept(newest, age, bytes);
        }
    }

    /// The same, whose syncs make one attempt.
    public Connection once() {
        return new Connection(
                name,
                place,
                source,
                destination,
                streams,
                defaults,
                schedule,
                limits.withAttempts(1, limits.retryAfter()),
                stateStore);
    }

    /// Where the configurations that its connectors ask for are kept, from now on.
    public void keepConfigsIn(KeptConfigs place) {
        if (source != null) {
            source.updates().keepIn(place, Side.SOURCE);
        }
        if (destination != null) {
            destination.updates().keepIn(place, Side.DESTINATION);
        }
    }
}
