package dev.sluice.cdk.row;

import dev.sluice.protocol.AirbyteRecordMessageMetaChange;
import dev.sluice.protocol.AirbyteRecordMessageMetaChange.Change;

/// What a destination did to a value that it could not keep as it came; noted in `_airbyte_meta`.
public enum ValueChange {
    /// The value is not of the column's type; it is null now.
    NOT_OF_TYPE(Change.NULLED, AirbyteRecordMessageMetaChange.DESTINATION_SERIALIZATION_ERROR),
    /// The value is of the column's type but outside of what the column can hold; it is null now.
    TOO_LARGE(Change.NULLED, AirbyteRecordMessageMetaChange.DESTINATION_FIELD_SIZE_LIMITATION),
    /// The value lost digits.
    ROUNDED(Change.TRUNCATED, AirbyteRecordMessageMetaChange.DESTINATION_FIELD_SIZE_LIMITATION),
    /// A number inside a JSON value is more than a database takes and is null now; the rest is as it came.
    PART_NULLED(Change.TRUNCATED, AirbyteRecordMessageMetaChange.DESTINATION_SERIALIZATION_ERROR);

    private final Change change;
    private final String reason;

    ValueChange(Change change, String reason) {
        this.change = change;
        this.reason = reason;
    }

    AirbyteRecordMessageMetaChange in(Column column) {
        return new AirbyteRecordMessageMetaChange(column.field(), change, reason);
    }
}
