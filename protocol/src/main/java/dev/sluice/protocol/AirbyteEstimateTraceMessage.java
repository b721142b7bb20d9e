package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// How much a source expects to send; the latest one counts.
public record AirbyteEstimateTraceMessage(
        @JsonProperty("name") String name,
        @JsonProperty("type") Type type,
        @JsonProperty("namespace") Optional<String> namespace,
        @JsonProperty("row_estimate") Optional<Long> rowEstimate,
        @JsonProperty("byte_estimate") Optional<Long> byteEstimate) {

    public AirbyteEstimateTraceMessage {
        requireNonNull(name, "name is missing");
        requireNonNull(type, "type is missing");
        namespace = Absent.orEmpty(namespace);
        rowEstimate = Absent.orEmpty(rowEstimate);
        byteEstimate = Absent.orEmpty(byteEstimate);
    }

    public enum Type {
        STREAM,
        SYNC
    }
}
