package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// Where a source may continue: it covers every record of its scope that the source printed before it.
/// Opaque to everyone but the source that wrote it. A destination returns it once those records are durable.
public sealed interface AirbyteStateMessage extends AirbyteMessage {

    /// What the source counted since its previous state of the same scope.
    Optional<AirbyteStateStats> sourceStats();

    /// What the destination stored since the previous state of the same scope.
    Optional<AirbyteStateStats> destinationStats();

    AirbyteStateType type();

    /// The cursor of one stream.
    record Stream(
            @JsonProperty("stream") AirbyteStreamState stream,
            @JsonProperty("sourceStats") Optional<AirbyteStateStats> sourceStats,
            @JsonProperty("destinationStats") Optional<AirbyteStateStats> destinationStats)
            implements AirbyteStateMessage {
        public Stream {
            requireNonNull(stream, "stream is missing");
            sourceStats = Absent.orEmpty(sourceStats);
            destinationStats = Absent.orEmpty(destinationStats);
        }

        @Override
        public AirbyteStateType type() {
            return AirbyteStateType.STREAM;
        }
    }

    /// A snapshot of the whole connection; complete each time, never a delta.
    record Global(
            @JsonProperty("global") AirbyteGlobalState global,
            @JsonProperty("sourceStats") Optional<AirbyteStateStats> sourceStats,
            @JsonProperty("destinationStats") Optional<AirbyteStateStats> destinationStats)
            implements AirbyteStateMessage {
        public Global {
            requireNonNull(global, "global is missing");
            sourceStats = Absent.orEmpty(sourceStats);
            destinationStats = Absent.orEmpty(destinationStats);
        }

        @Override
        public AirbyteStateType type() {
            return AirbyteStateType.GLOBAL;
        }
    }

    /// One blob for everything, from sources older than the other two; also what a state without a type is.
    record Legacy(
            @JsonProperty("data") JsonNode data,
            @JsonProperty("sourceStats") Optional<AirbyteStateStats> sourceStats,
            @JsonProperty("destinationStats") Optional<AirbyteStateStats> destinationStats)
            implements AirbyteStateMessage {
        public Legacy {
            requireNonNull(data, "data is missing");
            sourceStats = Absent.orEmpty(sourceStats);
            destinationStats = Absent.orEmpty(destinationStats);
        }

        @Override
        public AirbyteStateType type() {
            return AirbyteStateType.LEGACY;
        }
    }
}
