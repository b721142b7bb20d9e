package dev.sluice.destination.duckdb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Inserts batches while the next ones are read: on a thread of its own, a platform thread, because DuckDB holds
/// on to the thread that calls it. Used by one thread.
final class Inserter implements AutoCloseable {
    /// Batches that may wait. Every 122,880 rows DuckDB stops to compress them, for about as long as it takes to
    /// read two.
    private static final int SLOTS = 3;

    private final Database database;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("insert").factory());
    private final List<Slot> slots = new ArrayList<>();
    private final BlockingQueue<Slot> free = new ArrayBlockingQueue<>(SLOTS);
    private Future<?> last;

    /// What the first insert that failed threw; none is tried after it.
    private volatile RuntimeException failure;

    Inserter(Database database) {
        this.database = database;
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new Slot());
        }
        free.addAll(slots);
    }

    /// Memory for one batch.
    private static final class Slot {
        /// Memory beyond this is given back after the batch that needed it.
        private static final long KEPT_BYTES = 32 << 20;

        private Arena arena = Arena.ofShared();
        private MemorySegment memory = MemorySegment.NULL;

        SegmentAllocator allocator(long needed) {
            boolean isTooLarge = memory.byteSize() > KEPT_BYTES && needed <= KEPT_BYTES;
            if (needed > memory.byteSize() || isTooLarge) {
                arena.close();
                arena = Arena.ofShared();
                memory = arena.allocate(needed, 64);
            }
            return SegmentAllocator.slicingAllocator(memory);
        }
    }

    /// Takes the rows out of the batch, and inserts them in the background.
    ///
    /// @param sql an `INSERT` that reads the stream
    void insert(RowBatch batch, ArrowStream stream, String sql) throws InterruptedException {
        throwFailure();
        Slot slot = free.take();
        MemorySegment rows =
                ArrowStream.copy(batch.rows(), batch.columns(), slot.allocator(ArrowStream.bytes(batch.columns())));
        batch.clear();
        last = thread.submit(() -> {
            try {
                if (failure == null) {
                    stream.arm(rows);
                    database.execute(sql);
                }
            } catch (RuntimeException e) {
                failure = e;
            } finally {
                free.add(slot);
            }
        });
    }

    /// Returns when every batch is inserted; throws what the first one that failed threw.
    void await() throws InterruptedException {
        if (last != null) {
            try {
                last.get();
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
        throwFailure();
    }

    private void throwFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    /// Waits for the statement that runs: its memory must not go before it has ended.
    @Override
    public void close() {
        thread.shutdownNow();
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
        slots.forEach(slot -> slot.arena.close());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
