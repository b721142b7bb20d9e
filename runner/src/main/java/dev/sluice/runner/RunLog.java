package dev.sluice.runner;

import dev.sluice.protocol.AirbyteLogMessage.Level;
import java.util.Optional;

/// Where everything goes that connectors say beside their messages.
@FunctionalInterface
public interface RunLog {
    /// @param connector who said it; `sluice` for the runner itself
    void line(Level level, String connector, String text);

    /// What is said from now on belongs to the sync of this number. Returns where it can be read later, for the
    /// history;
    /// empty when nothing is kept.
    default Optional<String> begins(long sync) {
        return Optional.empty();
    }
}
