package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// Something a connector says to whoever reads its log.
public record AirbyteLogMessage(
        @JsonProperty("level") Level level,
        @JsonProperty("message") String message,
        @JsonProperty("stack_trace") Optional<String> stackTrace)
        implements AirbyteMessage {

    public AirbyteLogMessage {
        requireNonNull(level, "level is missing");
        requireNonNull(message, "message is missing");
        stackTrace = Absent.orEmpty(stackTrace);
    }

    public AirbyteLogMessage(Level level, String message) {
        this(level, message, Optional.empty());
    }

    public enum Level {
        FATAL,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
