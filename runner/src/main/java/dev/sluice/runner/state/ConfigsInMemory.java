package dev.sluice.runner.state;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Kept as long as this object.
public final class ConfigsInMemory implements KeptConfigs {
    private final Map<Side, KeptConfig> kept = new ConcurrentHashMap<>();

    @Override
    public Optional<KeptConfig> config(Side side) {
        return Optional.ofNullable(kept.get(side));
    }

    @Override
    public void keep(Side side, KeptConfig config) {
        kept.put(side, config);
    }

    @Override
    public void drop(Side side, KeptConfig config) {
        kept.remove(side, config);
    }
}
