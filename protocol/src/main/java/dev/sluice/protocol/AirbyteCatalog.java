package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// The streams a source offers.
public record AirbyteCatalog(@JsonProperty("streams") List<AirbyteStream> streams) implements AirbyteMessage {
    public AirbyteCatalog {
        requireNonNull(streams, "streams is missing");
        streams = List.copyOf(streams);
    }
}
