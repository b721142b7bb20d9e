package dev.sluice.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import org.junit.jupiter.api.Test;

final class KeptConfigTest {
    private final KeptConfig kept = KeptConfig.inPlaceOf(
            "source-x", json("{\"token\":\"written\",\"a\":{\"b\":1,\"c\":2}}"), json("{\"token\":\"renewed\"}"));

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void standsForWhatWasWrittenInAnyOrder() {
        assertThat(kept.isInPlaceOf("source-x", json("{\"a\":{\"c\":2,\"b\":1},\"token\":\"written\"}")))
                .isTrue();
    }

    @Test
    void standsForNothingElse() {
        assertThat(kept.isInPlaceOf("source-x", json("{\"token\":\"writteN\",\"a\":{\"b\":1,\"c\":2}}")))
                .isFalse();
        assertThat(kept.isInPlaceOf("source-x", json("{\"token\":\"renewed\"}")))
                .isFalse();
        assertThat(kept.isInPlaceOf("source-y", json("{\"token\":\"written\",\"a\":{\"b\":1,\"c\":2}}")))
                .isFalse();
    }

    @Test
    void tellsNothing() {
        ObjectNode written = json("{\"token\":\"written\"}");
        assertThat(KeptConfig.inPlaceOf("x", written, written).written())
                .isNotEqualTo(KeptConfig.inPlaceOf("x", written, written).written());
        assertThat(kept.toString()).isEqualTo("KeptConfig");
    }
}
