package dev.sluice.cdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.ConnectorSpecification;
import java.util.Map;
import java.util.Set;

/// A source or a destination, as far as the command line does not care which.
sealed interface Connector<C> {
    Class<C> configType();

    /// Each command with the options it needs; an optional one ends with `?`.
    Map<String, Set<String>> commands();

    ConnectorSpecification specification(ObjectNode schema);

    AirbyteConnectionStatus check(C config) throws Exception;

    void rehearse(MessageEmitter out) throws Exception;

    record OfSource<C>(Source<C> source) implements Connector<C> {
        @Override
        public Class<C> configType() {
            return source.configType();
        }

        @Override
        public Map<String, Set<String>> commands() {
            return Map.of(
                    "spec", Set.of(),
                    "check", Set.of("config"),
                    "discover", Set.of("config"),
                    "read", Set.of("config", "catalog", "state?"),
                    "train-aot", Set.of());
        }

        @Override
        public ConnectorSpecification specification(ObjectNode schema) {
            return ConnectorSpecification.source(source.documentationUrl(), schema);
        }

        @Override
        public AirbyteConnectionStatus check(C config) throws Exception {
            return source.check(config);
        }

        @Override
        public void rehearse(MessageEmitter out) throws Exception {
            source.rehearse(out);
        }
    }

    record OfDestination<C>(Destination<C> destination) implements Connector<C> {
        @Override
        public Class<C> configType() {
            return destination.configType();
        }

        @Override
        public Map<String, Set<String>> commands() {
            return Map.of(
                    "spec", Set.of(),
                    "check", Set.of("config"),
                    "write", Set.of("config", "catalog"),
                    "train-aot", Set.of());
        }

        @Override
        public ConnectorSpecification specification(ObjectNode schema) {
            return ConnectorSpecification.destination(
                    destination.documentationUrl(), schema, destination.supportedSyncModes());
        }

        @Override
        public AirbyteConnectionStatus check(C config) throws Exception {
            return destination.check(config);
        }

        @Override
        public void rehearse(MessageEmitter out) throws Exception {
            destination.rehearse(out);
        }
    }
}
