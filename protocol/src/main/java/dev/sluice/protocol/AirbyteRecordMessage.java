package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// One row of one stream.
///
/// @param emittedAt when the source read the row, in milliseconds since 1970
public record AirbyteRecordMessage(
        @JsonProperty("namespace") Optional<String> namespace,
        @JsonProperty("stream") String stream,
        @JsonProperty("data") ObjectNode data,
        @JsonProperty("emitted_at") long emittedAt,
        @JsonProperty("meta") Optional<AirbyteRecordMessageMeta> meta,
        @JsonProperty("file_reference") Optional<AirbyteRecordMessageFileReference> fileReference)
        implements AirbyteMessage {

    public AirbyteRecordMessage {
        requireNonNull(stream, "stream is missing");
        requireNonNull(data, "data is missing");
        namespace = Absent.orEmpty(namespace);
        meta = Absent.orEmpty(meta);
        fileReference = Absent.orEmpty(fileReference);
    }

    public AirbyteRecordMessage(String stream, ObjectNode data, long emittedAt) {
        this(Optional.empty(), stream, data, emittedAt, Optional.empty(), Optional.empty());
    }

    public StreamDescriptor descriptor() {
        return new StreamDescriptor(stream, namespace);
    }
}
