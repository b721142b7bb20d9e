package dev.sluice.runner.state;

/// How often a stream has started over.
///
/// @param id 0 for a stream that has never run; rows carry it
/// @param complete whether a sync has brought this generation to its end; if not, the next one may continue it
public record Generation(long id, boolean complete) {
    public static final Generation NONE = new Generation(0, true);

    public Generation next() {
        return new Generation(id + 1, false);
    }
}
