package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// The streams to sync, and how.
public record ConfiguredAirbyteCatalog(
        @JsonProperty("streams") List<ConfiguredAirbyteStream> streams) {
    public ConfiguredAirbyteCatalog {
        requireNonNull(streams, "streams is missing");
        streams = List.copyOf(streams);
    }
}
