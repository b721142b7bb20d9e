package dev.sluice.runner.connection;

import dev.sluice.protocol.SyncMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How a stream is synced, as far as the file says.
///
/// @param cursor path of the cursor field; empty leaves it to the source
/// @param key one path per key column; empty leaves it to the source
/// @param fields the selected top-level columns; empty selects all
/// @param line where it stands in the file
public record StreamSettings(
        Optional<SyncMode> mode,
        Optional<WriteMode> destinationMode,
        List<String> cursor,
        List<List<String>> key,
        Set<String> fields,
        int line) {

    public static final StreamSettings DEFAULT =
            new StreamSettings(Optional.empty(), Optional.empty(), List.of(), List.of(), Set.of(), 0);

    /// The same for a destination that has no rows: nothing is replaced, and no key is needed.
    StreamSettings appending() {
        return new StreamSettings(mode, Optional.of(WriteMode.APPEND), cursor, key, fields, line);
    }

    /// What becomes of the rows that are there already.
    public enum WriteMode {
        APPEND,
        OVERWRITE,
        APPEND_DEDUP,
        OVERWRITE_DEDUP
    }
}
