package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;

/// What the destination does with the rows. `overwrite_dedup` is not among them: on the wire it is
/// `append_dedup` with a minimum generation.
public enum DestinationSyncMode {
    @JsonProperty("append")
    APPEND,
    @JsonProperty("overwrite")
    OVERWRITE,
    @JsonProperty("append_dedup")
    APPEND_DEDUP,
    @JsonProperty("update")
    UPDATE,
    @JsonProperty("soft_delete")
    SOFT_DELETE
}
