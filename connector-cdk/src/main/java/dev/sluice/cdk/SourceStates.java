package dev.sluice.cdk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStreamState;
import dev.sluice.protocol.StreamDescriptor;
import java.util.List;
import java.util.Optional;

/// The states an earlier read left.
public record SourceStates(List<AirbyteStateMessage> messages) {
    public SourceStates {
        messages = List.copyOf(messages);
    }

    public static SourceStates none() {
        return new SourceStates(List.of());
    }

    /// Where the stream stopped, in the words of the source; empty when it starts over.
    public Optional<JsonNode> of(StreamDescriptor stream) {
        for (AirbyteStateMessage message : messages) {
            switch (message) {
                case AirbyteStateMessage.Stream one -> {
                    if (one.stream().streamDescriptor().equals(stream)) {
                        return one.stream().streamState();
                    }
                }
                case AirbyteStateMessage.Global all -> {
                    for (AirbyteStreamState one : all.global().streamStates()) {
                        if (one.streamDescriptor().equals(stream)) {
                            return one.streamState();
                        }
                    }
                }
                case AirbyteStateMessage.Legacy legacy -> {
                    if (legacy.data().has(stream.name())) {
                        return Optional.of(legacy.data().get(stream.name()));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
