package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Who can mend a failure: the connector's developer, the user, or time.
public enum FailureType {
    @JsonProperty("system_error")
    SYSTEM_ERROR,
    @JsonProperty("config_error")
    CONFIG_ERROR,
    @JsonProperty("transient_error")
    TRANSIENT_ERROR
}
