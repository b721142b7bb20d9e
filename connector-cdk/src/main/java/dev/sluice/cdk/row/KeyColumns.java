package dev.sluice.cdk.row;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.StreamDescriptor;
import java.util.List;
import java.util.Locale;

/// The key by which a stream's rows are deduplicated; none in the other modes.
///
/// Elsewhere a value that does not fit its column is lost alone. In a key it would take whole rows along: those
/// whose keys became null, or were rounded to the same, would be taken for one.
public final class KeyColumns {
    private final StreamDescriptor stream;
    private final List<Column> columns;

    /// Where the key's columns are among all.
    private final int[] key;

    private KeyColumns(StreamDescriptor stream, List<Column> columns, int[] key) {
        this.stream = stream;
        this.columns = columns;
        this.key = key;
    }

    public static KeyColumns of(ConfiguredAirbyteStream stream) {
        List<Column> columns = Column.of(stream);
        List<String> fields = columns.stream().map(Column::field).toList();
        int[] key = stream.destinationSyncMode() == DestinationSyncMode.APPEND_DEDUP
                ? stream.primaryKey().stream()
                        .mapToInt(path -> fields.indexOf(path.getFirst()))
                        .filter(column -> column >= 0)
                        .toArray()
                : new int[0];
        return new KeyColumns(stream.descriptor(), columns, key);
    }

    /// Called for each row once its values are encoded, which may have changed them. A null that the source sent
    /// is no change.
    ///
    /// @throws ConnectorException when the key is not as it came
    public void requireUnchanged(Row row) {
        for (int column : key) {
            if (row.change(column) != null) {
                throw ConnectorException.config(
                        "a record of the stream '%s' has a value in its key column '%s' (%s) that %s, and rows that lose their key would be taken for one; choose another key, or a destination mode that needs none, or let the source declare another type"
                                .formatted(
                                        stream,
                                        columns.get(column).field(),
                                        columns.get(column).type().name().toLowerCase(Locale.ROOT),
                                        reason(row.change(column))));
            }
        }
    }

    private static String reason(ValueChange change) {
        return switch (change) {
            case NOT_OF_TYPE -> "is not of its type";
            case TOO_LARGE -> "is larger than the column holds";
            case ROUNDED -> "has more digits than the column keeps";
            case PART_NULLED -> "holds a number that is larger than any database takes";
        };
    }
}
