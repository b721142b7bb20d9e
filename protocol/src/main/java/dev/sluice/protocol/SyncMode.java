package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What the source reads: everything, or what is new.
public enum SyncMode {
    @JsonProperty("full_refresh")
    FULL_REFRESH,
    @JsonProperty("incremental")
    INCREMENTAL
}
