package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;

/// One alteration of one field.
///
/// @param field name or dotted path of the field, as the source spelled it
/// @param reason who altered it and why; text rather than an enum, because a reason newer than this
///     program must not cost the record
public record AirbyteRecordMessageMetaChange(
        @JsonProperty("field") String field,
        @JsonProperty("change") Change change,
        @JsonProperty("reason") String reason) {

    /// The reasons the schema lists.
    public static final String SOURCE_RECORD_SIZE_LIMITATION = "SOURCE_RECORD_SIZE_LIMITATION";

    public static final String DESTINATION_RECORD_SIZE_LIMITATION = "DESTINATION_RECORD_SIZE_LIMITATION";
    public static final String PLATFORM_RECORD_SIZE_LIMITATION = "PLATFORM_RECORD_SIZE_LIMITATION";
    public static final String SOURCE_FIELD_SIZE_LIMITATION = "SOURCE_FIELD_SIZE_LIMITATION";
    public static final String DESTINATION_FIELD_SIZE_LIMITATION = "DESTINATION_FIELD_SIZE_LIMITATION";
    public static final String PLATFORM_FIELD_SIZE_LIMITATION = "PLATFORM_FIELD_SIZE_LIMITATION";
    public static final String SOURCE_SERIALIZATION_ERROR = "SOURCE_SERIALIZATION_ERROR";
    public static final String DESTINATION_SERIALIZATION_ERROR = "DESTINATION_SERIALIZATION_ERROR";
    public static final String PLATFORM_SERIALIZATION_ERROR = "PLATFORM_SERIALIZATION_ERROR";
    public static final String SOURCE_RETRIEVAL_ERROR = "SOURCE_RETRIEVAL_ERROR";
    public static final String DESTINATION_TYPECAST_ERROR = "DESTINATION_TYPECAST_ERROR";

    public AirbyteRecordMessageMetaChange {
        requireNonNull(field, "field is missing");
        requireNonNull(change, "change is missing");
        requireNonNull(reason, "reason is missing");
    }

    public enum Change {
        NULLED,
        TRUNCATED
    }
}
