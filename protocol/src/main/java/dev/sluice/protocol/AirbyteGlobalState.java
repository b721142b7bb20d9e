package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/// One position that all streams share, and what each stream has besides.
public record AirbyteGlobalState(
        @JsonProperty("shared_state") Optional<JsonNode> sharedState,
        @JsonProperty("stream_states") List<AirbyteStreamState> streamStates) {

    public AirbyteGlobalState {
        sharedState = Absent.orEmptyNode(sharedState);
        streamStates = Absent.orEmpty(streamStates);
    }
}
