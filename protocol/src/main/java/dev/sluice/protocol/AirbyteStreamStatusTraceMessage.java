package dev.sluice.protocol;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// How far one stream is.
public record AirbyteStreamStatusTraceMessage(
        @JsonProperty("stream_descriptor") StreamDescriptor streamDescriptor,
        @JsonProperty("status") AirbyteStreamStatus status,
        @JsonInclude(NON_EMPTY) @JsonProperty("reasons") List<AirbyteStreamStatusReason> reasons) {

    public AirbyteStreamStatusTraceMessage {
        requireNonNull(streamDescriptor, "stream_descriptor is missing");
        requireNonNull(status, "status is missing");
        reasons = Absent.orEmpty(reasons);
    }
}
