package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// What was altered in a row on its way here.
public record AirbyteRecordMessageMeta(
        @JsonProperty("changes") List<AirbyteRecordMessageMetaChange> changes) {
    public AirbyteRecordMessageMeta {
        changes = Absent.orEmpty(changes);
    }
}
