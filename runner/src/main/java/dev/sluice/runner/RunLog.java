package dev.sluice.runner;

import dev.sluice.protocol.AirbyteLogMessage.Level;

/// Where everything goes that connectors say beside their messages.
@FunctionalInterface
public interface RunLog {
    /// @param connector who said it; `sluice` for the runner itself
    void line(Level level, String connector, String text);
}
