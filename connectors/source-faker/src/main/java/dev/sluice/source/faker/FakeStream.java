package dev.sluice.source.faker;

import dev.sluice.cdk.StreamEmitter;

/// Rows that are computed from their place alone, so that a sync can begin anywhere.
sealed interface FakeStream permits Products, Users, Purchases {
    /// How many places there are to emit when there are `count` users.
    long positions(long count);

    /// How many rows the places before this one have.
    long rowsBefore(long position);

    /// Emits the rows of one place, counted from 0: one product, one user, or the purchases of one user.
    void emit(long position, Now now, StreamEmitter rows) throws InterruptedException;
}
