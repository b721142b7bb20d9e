package dev.sluice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.sync.SyncReport;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where records come from. See [Connector] for its settings.
public final class Source extends Connector<Source> {
    Source(Sluice sluice, String name, ObjectNode described) {
        super(sluice, name, described);
    }

    @Override
    String side() {
        return "source";
    }

    @Override
    Source named(String newName, ObjectNode changed) {
        return new Source(sluice, newName, changed);
    }

    @Override
    Connection.Connector of(Connection connection) {
        return connection.source();
    }

    /// The streams it offers: names, schemas, keys, cursors and how each can be read.
    ///
    /// @throws dev.sluice.runner.RunnerException as [#check] does, but for `connector.check_failed`
    public List<AirbyteStream> streams() {
        return sluice.call("discover", launcher -> {
            Connection connection = connection(launcher);
            return sluice.workbench()
                    .operations(launcher)
                    .discover(connection.source(), connection.limits().operationTimeout())
                    .streams();
        });
    }

    /// Some of its streams.
    ///
    /// @param streams names, `users` or with their namespace `public.users`; that they exist is checked when
    ///     they are read
    public Selection select(String... streams) {
        ObjectNode selected = Json.mapper().createObjectNode();
        List.of(streams)
                .forEach(name -> selected.set(
                        "streams", selected.withArrayProperty("streams").add(name)));
        return new Selection(this, selected, Set.of());
    }

    /// Some of its streams with settings of their own: what stands under `streams:` in a connection file.
    ///
    /// @param streams name to settings, for example `Map.of("users", Map.of("fields", List.of("id",
    ///     "name")))`
    public Selection select(Map<String, ?> streams) {
        return new Selection(this, Json.mapper().createObjectNode().set("streams", Values.tree(streams)), Set.of());
    }

    /// All of its streams.
    public Selection selectAll() {
        return new Selection(this, Json.mapper().createObjectNode(), Set.of());
    }

    /// All of its streams; see [Selection#read()].
    public Records read() {
        return selectAll().read();
    }

    /// All of its streams; see [Selection#syncTo].
    public SyncReport syncTo(Destination destination, String connection) {
        return selectAll().syncTo(destination, connection);
    }
}
