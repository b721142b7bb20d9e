package dev.sluice.protocol;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// One object and one way to write it.
public record DestinationOperation(
        @JsonProperty("object_name") String objectName,
        @JsonProperty("sync_mode") DestinationSyncMode syncMode,
        @JsonProperty("json_schema") ObjectNode jsonSchema,

        @JsonInclude(NON_EMPTY) @JsonProperty("matching_keys")
        List<List<String>> matchingKeys) {

    public DestinationOperation {
        requireNonNull(objectName, "object_name is missing");
        requireNonNull(syncMode, "sync_mode is missing");
        requireNonNull(jsonSchema, "json_schema is missing");
        matchingKeys = Absent.orEmpty(matchingKeys).stream().map(List::copyOf).toList();
    }
}
