package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/// The operations a destination for business applications offers.
public record DestinationCatalog(@JsonProperty("operations") List<DestinationOperation> operations)
        implements AirbyteMessage {
    public DestinationCatalog {
        requireNonNull(operations, "operations is missing");
        operations = List.copyOf(operations);
    }
}
