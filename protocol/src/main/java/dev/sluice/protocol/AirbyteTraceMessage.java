package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;

/// How a connector is doing.
public sealed interface AirbyteTraceMessage extends AirbyteMessage {

    /// Milliseconds since 1970; Python connectors send a fraction.
    BigDecimal emittedAt();

    record Error(
            @JsonProperty("emitted_at") BigDecimal emittedAt,
            @JsonProperty("error") AirbyteErrorTraceMessage error) implements AirbyteTraceMessage {
        public Error {
            emittedAt = emittedAt == null ? BigDecimal.ZERO : emittedAt;
            requireNonNull(error, "error is missing");
        }
    }

    record Estimate(
            @JsonProperty("emitted_at") BigDecimal emittedAt,
            @JsonProperty("estimate") AirbyteEstimateTraceMessage estimate)
            implements AirbyteTraceMessage {
        public Estimate {
            emittedAt = emittedAt == null ? BigDecimal.ZERO : emittedAt;
            requireNonNull(estimate, "estimate is missing");
        }
    }

    record StreamStatus(
            @JsonProperty("emitted_at") BigDecimal emittedAt,
            @JsonProperty("stream_status") AirbyteStreamStatusTraceMessage streamStatus)
            implements AirbyteTraceMessage {
        public StreamStatus {
            emittedAt = emittedAt == null ? BigDecimal.ZERO : emittedAt;
            requireNonNull(streamStatus, "stream_status is missing");
        }
    }

    record Analytics(
            @JsonProperty("emitted_at") BigDecimal emittedAt,
            @JsonProperty("analytics") AirbyteAnalyticsTraceMessage analytics)
            implements AirbyteTraceMessage {
        public Analytics {
            emittedAt = emittedAt == null ? BigDecimal.ZERO : emittedAt;
            requireNonNull(analytics, "analytics is missing");
        }
    }
}
