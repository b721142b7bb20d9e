package dev.sluice.runner;

import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import java.util.Optional;

/// Where everything goes that connectors say beside their messages.
@FunctionalInterface
public interface RunLog {
    /// So much is kept of what is said at once: a long stack trace.
    int MAX_TEXT = 100_000;

    /// @param connector who said it; `sluice` for the runner itself
    void line(Level level, String connector, String text);

    default void said(String connector, AirbyteLogMessage message) {
        line(
                message.level(),
                connector,
                message.message()
                        + message.stackTrace().map(trace -> "\n" + trace).orElse(""));
    }

    /// All of it: what is meant for the user is in the report, too.
    default void said(String connector, AirbyteErrorTraceMessage error) {
        line(
                Level.DEBUG,
                connector,
                error.message()
                        + error.internalMessage().map(text -> "\n" + text).orElse("")
                        + error.stackTrace().map(trace -> "\n" + trace).orElse(""));
    }

    /// What is said from now on belongs to the sync of this number. Returns where it can be read later, for the
    /// history; empty when nothing is kept.
    default Optional<String> begins(long sync) {
        return Optional.empty();
    }
}
