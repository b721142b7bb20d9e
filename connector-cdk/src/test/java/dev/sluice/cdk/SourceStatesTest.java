package dev.sluice.cdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Messages;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceStatesTest {
    private static final StreamDescriptor USERS = new StreamDescriptor("users");
    private static final StreamDescriptor HIDDEN_USERS = new StreamDescriptor("users", Optional.of("hidden"));

    @Test
    void findsAStreamByItsNameAndNamespace() throws Exception {
        SourceStates states = states("""
                [{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users", "namespace": "hidden"},
                                               "stream_state": {"at": 1}}},
                 {"type": "STREAM", "stream": {"stream_descriptor": {"name": "users", "namespace": ""},
                                               "stream_state": {"at": 2}}}]
                """);

        assertThat(states.of(HIDDEN_USERS)).contains(json("{\"at\": 1}"));
        assertThat(states.of(USERS)).contains(json("{\"at\": 2}"));
        assertThat(states.of(new StreamDescriptor("orders"))).isEmpty();
    }

    @Test
    void findsAStreamInsideAGlobalState() throws Exception {
        SourceStates states = states("""
                [{"type": "GLOBAL", "global": {"shared_state": {"lsn": 1}, "stream_states": [
                    {"stream_descriptor": {"name": "orders"}, "stream_state": {}},
                    {"stream_descriptor": {"name": "users"}, "stream_state": {"at": 3}}]}}]
                """);

        assertThat(states.of(USERS)).contains(json("{\"at\": 3}"));
        assertThat(states.of(new StreamDescriptor("orders"))).contains(json("{}"));
    }

    @Test
    void findsAStreamInsideALegacyBlob() throws Exception {
        assertThat(states("{\"users\": {\"at\": 4}}").of(USERS)).contains(json("{\"at\": 4}"));
        assertThat(states("{\"users\": {\"at\": 4}}").of(new StreamDescriptor("orders")))
                .isEmpty();
    }

    @Test
    void startsOverWhenThereIsNoStateOrANullOne() throws Exception {
        assertThat(SourceStates.none().of(USERS)).isEmpty();
        assertThat(states(
                                "[{\"type\": \"STREAM\", \"stream\": {\"stream_descriptor\": {\"name\": \"users\"}, \"stream_state\": null}}]")
                        .of(USERS))
                .isEmpty();
    }

    private static SourceStates states(String file) throws Exception {
        return new SourceStates(Messages.statesFromJson(json(file)));
    }

    private static JsonNode json(String text) throws Exception {
        return Json.mapper().readTree(text);
    }
}
