package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// The answer of `check`: whether the configuration works. A failed one is an answer, not an error.
public record AirbyteConnectionStatus(
        @JsonProperty("status") Status status,
        @JsonProperty("message") Optional<String> message) implements AirbyteMessage {

    public AirbyteConnectionStatus {
        requireNonNull(status, "status is missing");
        message = Absent.orEmpty(message);
    }

    public static AirbyteConnectionStatus succeeded() {
        return new AirbyteConnectionStatus(Status.SUCCEEDED, Optional.empty());
    }

    public static AirbyteConnectionStatus failed(String message) {
        return new AirbyteConnectionStatus(Status.FAILED, Optional.of(message));
    }

    public enum Status {
        SUCCEEDED,
        FAILED
    }
}
