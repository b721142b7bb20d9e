package dev.sluice.protocol;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// One stream a source offers.
///
/// @param jsonSchema draft-07; its `properties` are the columns
/// @param supportedSyncModes full refresh alone when the source does not say
/// @param sourceDefinedPrimaryKey one path per key column; empty when the source defines none
public record AirbyteStream(
        @JsonProperty("name") String name,
        @JsonProperty("namespace") Optional<String> namespace,
        @JsonProperty("json_schema") ObjectNode jsonSchema,
        @JsonProperty("supported_sync_modes") List<SyncMode> supportedSyncModes,
        @JsonProperty("source_defined_cursor") Optional<Boolean> sourceDefinedCursor,

        @JsonInclude(NON_EMPTY) @JsonProperty("default_cursor_field")
        List<String> defaultCursorField,

        @JsonInclude(NON_EMPTY) @JsonProperty("source_defined_primary_key")
        List<List<String>> sourceDefinedPrimaryKey,

        @JsonProperty("is_resumable") Optional<Boolean> isResumable,
        @JsonProperty("is_file_based") Optional<Boolean> isFileBased) {

    public AirbyteStream {
        requireNonNull(name, "name is missing");
        requireNonNull(jsonSchema, "json_schema is missing");
        namespace = Absent.orEmpty(namespace);
        supportedSyncModes = Absent.orEmpty(supportedSyncModes);
        if (supportedSyncModes.isEmpty()) {
            supportedSyncModes = List.of(SyncMode.FULL_REFRESH);
        }
        sourceDefinedCursor = Absent.orEmpty(sourceDefinedCursor);
        defaultCursorField = Absent.orEmpty(defaultCursorField);
        sourceDefinedPrimaryKey = Absent.orEmpty(sourceDefinedPrimaryKey).stream()
                .map(List::copyOf)
                .toList();
        isResumable = Absent.orEmpty(isResumable);
        isFileBased = Absent.orEmpty(isFileBased);
    }

    /// A stream that can only be read whole.
    public static AirbyteStream fullRefresh(String name, ObjectNode jsonSchema, List<List<String>> primaryKey) {
        return new AirbyteStream(
                name,
                Optional.empty(),
                jsonSchema,
                List.of(SyncMode.FULL_REFRESH),
                Optional.empty(),
                List.of(),
                primaryKey,
                Optional.empty(),
                Optional.empty());
    }

    /// A stream that can also be read from where it stopped, by a cursor and a key that the source defines.
    public static AirbyteStream incremental(
            String name, ObjectNode jsonSchema, String cursorField, List<List<String>> primaryKey) {
        return new AirbyteStream(
                name,
                Optional.empty(),
                jsonSchema,
                List.of(SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL),
                Optional.of(true),
                List.of(cursorField),
                primaryKey,
                Optional.of(true),
                Optional.empty());
    }

    public StreamDescriptor descriptor() {
        return new StreamDescriptor(name, namespace);
    }
}
