package dev.sluice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.connection.Connection;

/// Where records go; see [Selection#syncTo]. See [Connector] for its settings.
public final class Destination extends Connector<Destination> {
    Destination(Sluice sluice, ObjectNode described) {
        super(sluice, described);
    }

    @Override
    String side() {
        return "destination";
    }

    @Override
    Destination with(ObjectNode changed) {
        return new Destination(sluice, changed);
    }

    @Override
    Connection.Connector of(Connection connection) {
        return connection.destination();
    }
}
