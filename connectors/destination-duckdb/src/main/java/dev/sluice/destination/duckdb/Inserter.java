package dev.sluice.destination.duckdb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Inserts one batch while the next one is read: on a thread of its own, a platform thread, because DuckDB holds
/// on to the thread that calls it.
final class Inserter implements AutoCloseable {
    /// Memory beyond this is given back after the batch that needed it.
    private static final long KEPT_BYTES = 64 << 20;

    private final Database database;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("insert").factory());
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;
    private Future<?> inserting;

    Inserter(Database database) {
        this.database = database;
    }

    /// Takes the rows out of the batch, and inserts them in the background.
    ///
    /// @param sql an `INSERT` that reads the stream
    void insert(RowBatch batch, ArrowStream stream, String sql) throws InterruptedException {
        await();
        long needed = ArrowStream.armedBytes(batch.columns().size());
        for (ArrowColumn column : batch.columns()) {
            needed += column.nativeBytes();
        }
        if (needed > memory.byteSize() || memory.byteSize() > KEPT_BYTES && needed <= KEPT_BYTES) {
            arena.close();
            arena = Arena.ofShared();
            memory = arena.allocate(needed, 64);
        }
        stream.arm(batch.rows(), batch.columns(), SegmentAllocator.slicingAllocator(memory));
        batch.clear();
        inserting = thread.submit(() -> database.execute(sql));
    }

    /// Returns when nothing is being inserted; throws what the last insert threw.
    void await() throws InterruptedException {
        if (inserting == null) {
            return;
        }
        try {
            inserting.get();
            inserting = null;
        } catch (ExecutionException e) {
            inserting = null;
            switch (e.getCause()) {
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                default -> throw new AssertionError(e.getCause());
            }
        }
    }

    /// Waits for the statement that runs: its memory must not go before it has ended.
    @Override
    public void close() {
        thread.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (thread.awaitTermination(1, TimeUnit.HOURS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        arena.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
