package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// The cursor of one stream; an absent cursor means the stream starts over.
public record AirbyteStreamState(
        @JsonProperty("stream_descriptor") StreamDescriptor streamDescriptor,
        @JsonProperty("stream_state") Optional<JsonNode> streamState) {

    public AirbyteStreamState {
        requireNonNull(streamDescriptor, "stream_descriptor is missing");
        streamState = Absent.orEmptyNode(streamState);
    }
}
