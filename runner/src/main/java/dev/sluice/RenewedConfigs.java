package dev.sluice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.state.ConfigsInMemory;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Side;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What connectors have asked to be configured with, such as a renewed token, as long as one Sluice is open.
///
/// A program checks, reads and syncs with one connector, and only a sync has a name. So it is the connector with its
/// settings that this goes by: what it asked for under one call counts for the next. It is kept in memory until the
/// connector is used under a name, and from then on with the connection of that name.
final class RenewedConfigs {
    /// What makes two connectors the same. How much memory one may take does not.
    private static final List<String> IDENTITY = List.of("type", "image", "command", "config");

    private record Place(String name, KeptConfigs configs) {}

    private final Map<ObjectNode, Place> places = new ConcurrentHashMap<>();

    /// Where both connectors of a connection keep it.
    ///
    /// @param described as in a connection file; may have one side only
    /// @param name empty when it has none
    /// @param named what is kept under that name
    KeptConfigs of(ObjectNode described, String name, KeptConfigs named) {
        Map<Side, KeptConfigs> both = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            if (described.get(side.name().toLowerCase(Locale.ROOT)) instanceof ObjectNode connector) {
                both.put(side, of(connector.deepCopy().retain(IDENTITY), side, name, named));
            }
        }
        return new BothSides(both);
    }

    private KeptConfigs of(ObjectNode connector, Side side, String name, KeptConfigs named) {
        return places.compute(connector, (_, before) -> {
                    if (name.isEmpty()) {
                        return before == null ? new Place("", new ConfigsInMemory()) : before;
                    }
                    if (before != null && !before.name().equals(name)) {
                        before.configs().config(side).ifPresent(config -> named.keep(side, config));
                    }
                    return new Place(name, named);
                })
                .configs();
    }

    private record BothSides(Map<Side, KeptConfigs> sides) implements KeptConfigs {
        @Override
        public Optional<KeptConfig> config(Side side) {
            return sides.get(side).config(side);
        }

        @Override
        public void keep(Side side, KeptConfig config) {
            sides.get(side).keep(side, config);
        }

        @Override
        public void drop(Side side, KeptConfig config) {
            sides.get(side).drop(side, config);
        }
    }
}
