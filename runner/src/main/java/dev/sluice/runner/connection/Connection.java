package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A source, a destination, and the streams between them, as the user described them.
///
/// @param name by which its state is kept
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

    /// The same source and streams with another destination.
    public Connection to(Connector other, Limits otherLimits) {
        return new Connection(
                name, place, source, other, streams, defaults, schedule, otherLimits, stateStore);
    }

    /// The same with other streams.
    public Connection only(Map<String, StreamSettings> others) {
        return new Connection(
                name, place, source, destination, others, defaults, schedule, limits, stateStore);
    }

    /// @param config complete, references resolved: holds secrets
    public record Connector(ConnectorLaunch launch, ObjectNode config) {
        @Override
        public String toString() {
            return launch.name(); // Invariant 6: never the configuration.
        }
    }

    /// @param sourceTimeout how long a source may send nothing
    /// @param destinationTimeout how long a destination may take for one write, and after the end of its input
    /// @param operationTimeout how long spec, check and discover may take
    /// @param lineBytes the longest line a connector may print
    public record Limits(
            Duration sourceTimeout, Duration destinationTimeout, Duration operationTimeout, int lineBytes) {
        public static final Limits DEFAULT =
                new Limits(Duration.ofHours(3), Duration.ofHours(24), Duration.ofMinutes(9), 256 << 20);
    }
}
