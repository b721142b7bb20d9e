package dev.sluice.destination.postgres;

import java.sql.SQLException;

/// Where encoded rows go, a buffer at a time.
@FunctionalInterface
interface RowSink {
    /// @param bytes not kept after the call
    void write(byte[] bytes, int from, int length) throws SQLException;
}
