package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/// The file a record stands for, in the staging directory both connectors share.
public record AirbyteRecordMessageFileReference(
        @JsonProperty("staging_file_url") Optional<String> stagingFileUrl,
        @JsonProperty("source_file_relative_path") Optional<String> sourceFileRelativePath,
        @JsonProperty("file_size_bytes") Optional<Long> fileSizeBytes) {

    public AirbyteRecordMessageFileReference {
        stagingFileUrl = Absent.orEmpty(stagingFileUrl);
        sourceFileRelativePath = Absent.orEmpty(sourceFileRelativePath);
        fileSizeBytes = Absent.orEmpty(fileSizeBytes);
    }
}
