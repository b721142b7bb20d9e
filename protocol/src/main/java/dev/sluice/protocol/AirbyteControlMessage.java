package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/// A connector asks that its configuration be replaced, usually because a single-use token was renewed.
/// The only type there is: `CONNECTOR_CONFIG`.
///
/// @param config the whole configuration, secrets included: never to be logged
public record AirbyteControlMessage(
        @JsonProperty("emitted_at") BigDecimal emittedAt, ObjectNode config) implements AirbyteMessage {

    public AirbyteControlMessage {
        emittedAt = emittedAt == null ? BigDecimal.ZERO : emittedAt;
        requireNonNull(config, "connectorConfig.config is missing");
    }

    /// Keeps the configuration out of logs and messages (invariant 6).
    @Override
    public String toString() {
        return "AirbyteControlMessage[CONNECTOR_CONFIG]";
    }
}
