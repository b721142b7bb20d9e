package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// What a connector tells its developers about its use. Sluice logs it and sends it nowhere.
public record AirbyteAnalyticsTraceMessage(
        @JsonProperty("type") String type,
        @JsonProperty("value") Optional<String> value) {

    public AirbyteAnalyticsTraceMessage {
        requireNonNull(type, "type is missing");
        value = Absent.orEmpty(value);
    }
}
