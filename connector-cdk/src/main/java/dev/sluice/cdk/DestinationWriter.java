package dev.sluice.cdk;

import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.RecordLine;
import java.util.Optional;

/// Receives one sync's records. Called by one thread, in this order: `write` and `commit` in any number,
/// `complete` for each stream that arrived whole, `close` at last, whatever happened before.
///
/// The kit returns a state to the runner only after a `commit` that followed it (invariant 1): an author who
/// makes `commit` durable cannot lose rows.
public interface DestinationWriter extends AutoCloseable {
    /// Takes one row. It need not be durable before the next `commit`.
    ///
    /// @param record valid until the method returns
    /// @return whether the row is kept; false counts it as rejected
    boolean write(RecordLine record) throws Exception;

    /// Makes every row taken so far durable: after a power cut, the next sync finds it in the table, or in a
    /// staging table that it continues.
    void commit() throws Exception;

    /// The stream is whole: what replaces old rows may now become visible. Follows a `commit`.
    void complete(StreamDescriptor stream) throws Exception;

    /// A sentence for the user of a sync that went well: where the data is and how to look at it. Asked after
    /// the last `complete`, before `close`.
    default Optional<String> whereToLook() {
        return Optional.empty();
    }

    /// Releases what is held and undoes what is not committed.
    @Override
    void close() throws Exception;
}
