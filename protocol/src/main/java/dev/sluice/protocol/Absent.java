package dev.sluice.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/// Jackson passes null for a property that is not there; a record never holds one.
final class Absent {
    private Absent() {}

    static <T> Optional<T> orEmpty(Optional<T> value) {
        return value == null ? Optional.empty() : value;
    }

    /// An explicit JSON null means the same as an absent property.
    static Optional<JsonNode> orEmptyNode(Optional<JsonNode> value) {
        return orEmpty(value).filter(node -> !node.isNull());
    }

    static <T> List<T> orEmpty(List<T> value) {
        return value == null ? List.of() : List.copyOf(value);
    }
}
