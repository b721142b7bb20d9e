package dev.sluice.runner.state;

/// How often a stream has started over.
///
/// @param id 0 for a stream that has never run; rows carry it
/// @param complete whether a sync has brought this generation to its end; if not, the next one may continue it
public record Generation(long id, boolean complete) {
    public static final Generation NONE = new Generation(0, true);

    /// @param atLeast the time, in seconds since 1970: so it is higher than any before, also than those a store knew
    ///     that has been lost since. A destination takes rows of an equal generation for its own.
    public Generation next(long atLeast) {
        return new Generation(Math.max(id + 1, atLeast), false);
    }
}
