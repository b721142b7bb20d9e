package dev.sluice.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The document that a source gets as its state.
final class SyncStateTest {
    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void hasOneElementForEachStream() {
        TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
        for (String name : new String[] {"a", "b", "c"}) {
            cursors.put(new StreamDescriptor(name), json("{\"at\":1.50,\"of\":\"%s\"}".formatted(name)));
        }
        JsonNode document = new SyncState.PerStream(cursors).toDocument().orElseThrow();
        assertThat(document.isArray()).isTrue();
        assertThat(document).hasSize(3).allSatisfy(element -> {
            String name = element.at("/stream/stream_descriptor/name").asText();
            assertThat(element.get("type").asText()).isEqualTo("STREAM");
            assertThat(element.at("/stream/stream_state")).isEqualTo(cursors.get(new StreamDescriptor(name)));
        });
    }

    @Test
    void hasOneElementForAGlobalState() {
        ObjectNode global = (ObjectNode) json("{\"shared_state\":{\"lsn\":7},\"stream_states\":[]}");
        assertThat(new SyncState.Global(global).toDocument())
                .contains(json("[{\"type\":\"GLOBAL\",\"global\":%s}]".formatted(global)));
    }

    @Test
    void isTheBareBlobOfALegacyState() {
        assertThat(new SyncState.Legacy(json("{\"cursor\":3}")).toDocument()).contains(json("{\"cursor\":3}"));
    }

    @Test
    void isNoneForNothing() {
        assertThat(SyncState.EMPTY.toDocument()).isEmpty();
    }
}
