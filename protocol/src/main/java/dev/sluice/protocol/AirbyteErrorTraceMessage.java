package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// Why a connector gave up, or gave up on one stream.
///
/// @param message for the user
/// @param internalMessage for the connector's developer
/// @param failureType a system error when the connector does not say
public record AirbyteErrorTraceMessage(
        @JsonProperty("message") String message,
        @JsonProperty("internal_message") Optional<String> internalMessage,
        @JsonProperty("stack_trace") Optional<String> stackTrace,
        @JsonProperty("failure_type") FailureType failureType,
        @JsonProperty("stream_descriptor") Optional<StreamDescriptor> streamDescriptor) {

    private static final String KIT_SAYS = "Something went wrong in the connector";

    public AirbyteErrorTraceMessage {
        requireNonNull(message, "message is missing");
        internalMessage = Absent.orEmpty(internalMessage);
        stackTrace = Absent.orEmpty(stackTrace);
        failureType = failureType == null ? FailureType.SYSTEM_ERROR : failureType;
        streamDescriptor = Absent.orEmpty(streamDescriptor);
    }

    /// What tells a person most. Of every exception that nobody foresaw, Airbyte's kit for Python says the same
    /// sentence
    /// to the user, "see the logs" at its end, and what happened to the developer: then that is told too.
    public String words() {
        return internalMessage
                .filter(internal -> message.startsWith(KIT_SAYS) && !internal.isBlank())
                .map(internal -> KIT_SAYS + ": " + internal)
                .orElse(message);
    }
}
