package dev.sluice.protocol;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/// One stream to sync, and how.
///
/// @param stream with the schema reduced to the selected columns
/// @param primaryKey one path per key column
/// @param generationId raised each time the stream starts over; rows carry it
/// @param minimumGenerationId 0 keeps all rows; equal to `generationId`, rows of older generations go once the
///     stream is complete
/// @param syncId raised with each sync of the connection
public record ConfiguredAirbyteStream(
        @JsonProperty("stream") AirbyteStream stream,
        @JsonProperty("sync_mode") SyncMode syncMode,

        @JsonInclude(NON_EMPTY) @JsonProperty("cursor_field")
        List<String> cursorField,

        @JsonProperty("destination_sync_mode") DestinationSyncMode destinationSyncMode,
        @JsonProperty("destination_object_name") Optional<String> destinationObjectName,
        @JsonInclude(NON_EMPTY) @JsonProperty("primary_key") List<List<String>> primaryKey,
        @JsonProperty("generation_id") Optional<Long> generationId,
        @JsonProperty("minimum_generation_id") Optional<Long> minimumGenerationId,
        @JsonProperty("sync_id") Optional<Long> syncId,
        @JsonProperty("include_files") Optional<Boolean> includeFiles) {

    public ConfiguredAirbyteStream {
        requireNonNull(stream, "stream is missing");
        syncMode = syncMode == null ? SyncMode.FULL_REFRESH : syncMode;
        destinationSyncMode = destinationSyncMode == null ? DestinationSyncMode.APPEND : destinationSyncMode;
        cursorField = Absent.orEmpty(cursorField);
        destinationObjectName = Absent.orEmpty(destinationObjectName);
        primaryKey = Absent.orEmpty(primaryKey).stream().map(List::copyOf).toList();
        generationId = Absent.orEmpty(generationId);
        minimumGenerationId = Absent.orEmpty(minimumGenerationId);
        syncId = Absent.orEmpty(syncId);
        includeFiles = Absent.orEmpty(includeFiles);
    }

    /// @param generation see the record's own `generationId`
    /// @param minimumGeneration see the record's own `minimumGenerationId`
    public ConfiguredAirbyteStream(
            AirbyteStream stream,
            SyncMode syncMode,
            List<String> cursorField,
            DestinationSyncMode destinationSyncMode,
            List<List<String>> primaryKey,
            long generation,
            long minimumGeneration,
            long syncId) {
        this(
                stream,
                syncMode,
                cursorField,
                destinationSyncMode,
                Optional.empty(),
                primaryKey,
                Optional.of(generation),
                Optional.of(minimumGeneration),
                Optional.of(syncId),
                Optional.empty());
    }

    public StreamDescriptor descriptor() {
        return stream.descriptor();
    }
}
