package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.StoppableLauncher;
import dev.sluice.runner.operation.Operations;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A source or a destination with its settings. It never changes: each method that sets something returns
/// another one. Nothing is started, and no setting is looked at, before it is asked for something.
///
/// @param <C> the type itself
public abstract sealed class Connector<C extends Connector<C>> permits Source, Destination {
    final Sluice sluice;

    /// Of the connection; empty when nobody has given it one.
    final String name;

    /// What stands under `source:` or `destination:` in a connection file.
    final ObjectNode described;

    Connector(Sluice sluice, String name, ObjectNode described) {
        this.sluice = sluice;
        this.name = name;
        this.described = described;
    }

    abstract String side();

    abstract C named(String newName, ObjectNode changed);

    abstract Connection.Connector of(Connection connection);

    /// The connector's own settings; its spec says which there are. Values are texts, numbers, booleans,
    /// lists and maps, also paths and times; a `${...}` in a text is meant as it stands. What the spec calls
    /// secret is masked wherever it could be shown.
    public C config(Map<String, ?> config) {
        return with("config", config);
    }

    /// The same as JSON.
    public C config(JsonNode config) {
        return with("config", config);
    }

    /// The same as a record, whose components are the settings; `@JsonProperty` gives one another name.
    public C config(Record config) {
        return with("config", config);
    }

    /// One of ours as a local process of this user, instead of a container. Starts faster, and is not
    /// isolated.
    public C process() {
        return with("launch", "process");
    }

    /// The directory a container finds as `/local`, for connectors that read or write files. Connectors run
    /// as uid 1000, which must be able to write there.
    public C local(Path directory) {
        return with("local", directory);
    }

    /// The name of the connection it is part of, as it is given to [Selection#syncTo]. With it, a
    /// configuration that the connector asks for while it is checked or read, such as a renewed token,
    /// outlives this program: it is kept where states are. Without it, it lasts until the Sluice is closed.
    public C connection(String name) {
        return named(name, described);
    }

    /// Any other key that can stand beside `config` in a connection file, such as `memory`, `cpus` or
    /// `network`.
    public C with(String key, Object value) {
        ObjectNode changed = described.deepCopy();
        changed.set(key, Values.tree(value));
        return named(name, changed);
    }

    /// What the connector can do and how it is configured. Its settings are not looked at.
    ///
    /// @throws RunnerException when it cannot be started or does not answer
    public ConnectorSpecification spec() {
        return sluice.call("spec", launcher -> {
            ObjectNode withoutConfig = described.deepCopy();
            withoutConfig.remove("config");
            return sluice.workbench().spec(tree(withoutConfig), sluice.place, launcher);
        });
    }

    /// Tries the settings on the real system.
    ///
    /// @throws RunnerException `config.invalid` with every setting that does not fit the spec,
    ///     `connector.check_failed` with the connector's own words when they do not work; else as it can be
    ///     started and answers, or not
    public void check() {
        sluice.call("check", launcher -> {
            Connection connection = connection(launcher);
            Connection.Connector connector = of(connection);
            Optional<Operations.Refusal> wrong = sluice.workbench()
                    .operations(launcher)
                    .check(connector, connection.limits().operationTimeout());
            if (wrong.isPresent()) {
                throw new RunnerException(
                        wrong.get().type().orElse(FailureType.CONFIG_ERROR),
                        "connector.check_failed",
                        "the configuration of %s does not work: %s"
                                .formatted(connector, wrong.get().words()),
                        "",
                        "");
            }
            return null;
        });
    }

    ObjectNode tree(ObjectNode side) {
        ObjectNode tree = sluice.settings();
        if (!name.isEmpty()) {
            tree.put("name", name);
        }
        return tree.set(side(), side);
    }

    Connection connection(StoppableLauncher launcher) throws InterruptedException {
        return sluice.connection(tree(described), launcher);
    }

    /// Never the settings: they hold secrets.
    @Override
    public String toString() {
        for (String key : new String[] {"type", "image", "command"}) {
            if (described.has(key)) {
                return side() + " "
                        + (described.get(key).isArray()
                                ? described.get(key).path(0).asText()
                                : described.get(key).asText());
            }
        }
        throw new AssertionError("made of one of them");
    }
}
