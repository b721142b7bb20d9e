package dev.sluice.runner.state;

/// How often a stream has started over.
///
/// @param id 0 for a stream that has never run; rows carry it
/// @param complete whether a sync has brought this generation to its end; if not, the next one may continue it
/// @param refresh whether older rows are to go once it is whole, although the stream goes on from its state; see
/// `sluice
///     sync --refresh`. An attempt that is cut short must be finished as one: its rows wait beside the older ones
public record Generation(long id, boolean complete, boolean refresh) {
    public static final Generation NONE = new Generation(0, true);

    public Generation(long id, boolean complete) {
        this(id, complete, false);
    }

    /// @param atLeast the time, in seconds since 1970: so it is higher than any before, also than those a store knew
    ///     that has been lost since. A destination takes rows of an equal generation for its own.
    public Generation next(long atLeast) {
        return new Generation(Math.max(id + 1, atLeast), false);
    }
}
