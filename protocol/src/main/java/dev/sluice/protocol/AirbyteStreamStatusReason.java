package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// Why a stream is in its status.
public record AirbyteStreamStatusReason(
        @JsonProperty("type") Type type,
        @JsonProperty("rate_limited") Optional<RateLimited> rateLimited) {

    public AirbyteStreamStatusReason {
        requireNonNull(type, "type is missing");
        rateLimited = Absent.orEmpty(rateLimited);
    }

    public enum Type {
        RATE_LIMITED
    }

    /// @param quotaReset when the source may ask again, in milliseconds since 1970
    public record RateLimited(@JsonProperty("quota_reset") Optional<Long> quotaReset) {
        public RateLimited {
            quotaReset = Absent.orEmpty(quotaReset);
        }
    }
}
