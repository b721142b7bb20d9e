package dev.sluice.runner.sync;

import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteStreamStatusReason;
import dev.sluice.protocol.AirbyteStreamStatusTraceMessage;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.sync.SyncPlan.PlannedStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// How far one stream is. Written by the thread that reads the source, but for what is committed, which the
/// thread that reads the destination writes; anybody may look.
public final class StreamProgress {
    final PlannedStream plan;

    /// What becomes of its records.
    final RecordCheck check;

    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong committed = new AtomicLong();

    /// What earlier attempts had committed of this generation.
    private final long committedBefore;

    /// Records since the last state of this stream, or of all streams.
    private long sinceState;

    private boolean sentState;
    volatile Optional<AirbyteStreamStatus> sourceStatus = Optional.empty();
    private volatile long storedAt;
    volatile Optional<Long> estimate = Optional.empty();
    volatile boolean complete;
    private volatile Optional<Wait> wait = Optional.empty();

    /// Until the source's own source lets it go on.
    ///
    /// @param until empty when it has not said
    private record Wait(Optional<Instant> until, long recordsBefore) {}

    /// @param before the streams of the attempt before; one that goes on in its generation goes on counting
    StreamProgress(PlannedStream plan, List<StreamProgress> before) {
        this.plan = plan;
        before.stream()
                .filter(earlier -> earlier.stream().equals(stream())
                        && earlier.plan.generation().id() == plan.generation().id())
                .findFirst()
                .ifPresent(earlier -> {
                    records.set(earlier.records());
                    bytes.set(earlier.bytes());
                    committed.set(earlier.committed());
                });
        this.committedBefore = committed.get();
        this.check = new RecordCheck(plan);
    }

    void sent(long length) {
        // One writer: an ordered store is enough for those who look, and costs a tenth of an atomic addition.
        records.lazySet(records.getPlain() + 1);
        bytes.lazySet(bytes.getPlain() + length);
        sinceState++;
    }

    /// The records that a state sent now covers, beyond those the state before it did.
    long takeCountForState() {
        long count = sinceState;
        sinceState = 0;
        sentState = true;
        return count;
    }

    boolean hasSentState() {
        return sentState;
    }

    void committed(long count) {
        committed.addAndGet(count);
        storedAt = System.nanoTime();
    }

    /// The source has said how the stream is.
    void status(AirbyteStreamStatusTraceMessage said) {
        sourceStatus = Optional.of(said.status());
        wait = said.reasons().stream()
                .filter(reason -> reason.type() == AirbyteStreamStatusReason.Type.RATE_LIMITED)
                .findFirst()
                .map(reason -> new Wait(
                        reason.rateLimited()
                                .flatMap(AirbyteStreamStatusReason.RateLimited::quotaReset)
                                .map(Instant::ofEpochMilli),
                        records()));
    }

    /// Whether the source waits for its quota: it has said so, and sent no record since.
    public boolean isRateLimited() {
        return wait.filter(since -> since.recordsBefore() == records()).isPresent();
    }

    /// When it goes on, if it has said so.
    public Optional<Instant> quotaReset() {
        return wait.flatMap(Wait::until);
    }

    /// Whether this attempt has stored anything of the stream.
    boolean hasCommitted() {
        return committed.get() > committedBefore;
    }

    public StreamDescriptor stream() {
        return plan.descriptor();
    }

    /// Records handed to the destination; those an attempt has sent again are counted again.
    public long records() {
        return records.get();
    }

    /// Bytes of the lines handed to the destination.
    public long bytes() {
        return bytes.get();
    }

    /// Records the destination has vouched for by returning a state that covers them.
    public long committed() {
        return committed.get();
    }

    public Optional<Long> estimate() {
        return estimate;
    }

    public Optional<AirbyteStreamStatus> sourceStatus() {
        return sourceStatus;
    }

    /// How long ago a state of this stream came back from the destination; empty when none has.
    public Optional<Duration> sinceStored() {
        long at = storedAt;
        return at == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - at));
    }

    /// Whether the stream is whole in the destination.
    public boolean complete() {
        return complete;
    }
}
