package dev.sluice.runner.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a connector is asked to do. Its inputs are JSON documents that reach it as files, never as arguments
/// or environment (invariant 6).
public sealed interface ConnectorCommand {
    /// As on the connector's command line.
    String verb();

    /// Option name to document, in the order they are passed.
    Map<String, JsonNode> documents();

    /// Whether the connector reads messages from standard input.
    default boolean readsInput() {
        return false;
    }

    record Spec() implements ConnectorCommand {
        @Override
        public String verb() {
            return "spec";
        }

        @Override
        public Map<String, JsonNode> documents() {
            return Map.of();
        }
    }

    record Check(ObjectNode config) implements ConnectorCommand {
        @Override
        public String verb() {
            return "check";
        }

        @Override
        public Map<String, JsonNode> documents() {
            return Map.of("config", config);
        }

        @Override
        public String toString() {
            return verb();
        }
    }

    record Discover(ObjectNode config) implements ConnectorCommand {
        @Override
        public String verb() {
            return "discover";
        }

        @Override
        public Map<String, JsonNode> documents() {
            return Map.of("config", config);
        }

        @Override
        public String toString() {
            return verb();
        }
    }

    /// @param state absent when there is none: then the option is left out
    record Read(ObjectNode config, JsonNode catalog, Optional<JsonNode> state) implements ConnectorCommand {
        @Override
        public String verb() {
            return "read";
        }

        @Override
        public Map<String, JsonNode> documents() {
            Map<String, JsonNode> documents = new LinkedHashMap<>();
            documents.put("config", config);
            documents.put("catalog", catalog);
            state.ifPresent(s -> documents.put("state", s));
            return documents;
        }

        @Override
        public String toString() {
            return verb();
        }
    }

    record Write(ObjectNode config, JsonNode catalog) implements ConnectorCommand {
        @Override
        public String verb() {
            return "write";
        }

        @Override
        public Map<String, JsonNode> documents() {
            Map<String, JsonNode> documents = new LinkedHashMap<>();
            documents.put("config", config);
            documents.put("catalog", catalog);
            return documents;
        }

        @Override
        public boolean readsInput() {
            return true;
        }

        @Override
        public String toString() {
            return verb();
        }
    }
}
