package dev.sluice.runner.state;

import java.util.Optional;

/// The configurations that the connectors of one connection have asked for.
public interface KeptConfigs {
    Optional<KeptConfig> config(Side side);

    /// Keeps it in place of the one before, durably before it returns.
    void keep(Side side, KeptConfig config);

    /// Forgets it, unless another one has taken its place meanwhile.
    void drop(Side side, KeptConfig config);
}
