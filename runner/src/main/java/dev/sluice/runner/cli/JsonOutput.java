package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;

/// Commands that can answer with one JSON object: `ok`, then `result` or `error`.
interface JsonOutput {
    boolean wantsJson();

    static void error(Terminal terminal, ObjectNode error) {
        ObjectNode envelope = Json.mapper().createObjectNode();
        envelope.put("ok", false).set("error", error);
        terminal.out().println(envelope);
    }

    static void result(Terminal terminal, JsonNode result) {
        ObjectNode envelope = Json.mapper().createObjectNode();
        envelope.put("ok", true).set("result", result);
        terminal.out().println(envelope);
    }
}
