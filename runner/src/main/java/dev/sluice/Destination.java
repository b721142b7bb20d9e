package dev.sluice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.connection.Connection;

/// Where records go; see [Selection#syncTo]. See [Connector] for its settings.
public final class Destination extends Connector<Destination> {
    Destination(Sluice sluice, String name, ObjectNode described) {
        super(sluice, name, described);
    }

    @Override
    String side() {
        return "destination";
    }

    @Override
    Destination named(String newName, ObjectNode changed) {
        return new Destination(sluice, newName, changed);
    }

    @Override
    Connection.Connector of(Connection connection) {
        return connection.destination();
    }
}
