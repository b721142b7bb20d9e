package dev.sluice.source.faker;

/// Random numbers that depend on a seed and a row only (SplitMix64), so that no row has to wait for another one.
/// The JDK's generators would need an object a row.
final class Chance {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long seed;
    private long state;

    Chance(long seed, String stream) {
        this.seed = mix(seed ^ mix(stream.hashCode()));
    }

    /// Starts the numbers of one row.
    void row(long number) {
        state = mix(seed + number * GAMMA);
    }

    /// From 0 to below the bound.
    int below(int bound) {
        state += GAMMA;
        return (int) ((mix(state) >>> 32) * bound >>> 32);
    }

    /// From the first to the last, both possible.
    int between(int first, int last) {
        return first + below(last - first + 1);
    }

    <T> T of(T[] values) {
        return values[below(values.length)];
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
