package dev.sluice.cdk.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyColumnsTest {
    private static ConfiguredAirbyteStream stream(DestinationSyncMode mode) {
        ObjectNode schema = Json.mapper().createObjectNode();
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("name").put("type", "string");
        properties.putObject("region").put("type", "integer");
        properties.putObject("id").put("type", "number");
        properties.putObject("size").put("type", "integer");
        return new ConfiguredAirbyteStream(
                AirbyteStream.fullRefresh("people", schema, List.of()),
                SyncMode.FULL_REFRESH,
                List.of(),
                mode,
                List.of(List.of("region"), List.of("id")),
                1,
                0,
                1);
    }

    private static void require(DestinationSyncMode mode, String data) {
        ConfiguredAirbyteStream stream = stream(mode);
        KeyColumns.of(stream).requireUnchanged(new RowReader(stream).read(TestingRows.record(data)));
    }

    private static ConnectorException refusal(String data) {
        return catchThrowableOfType(ConnectorException.class, () -> require(DestinationSyncMode.APPEND_DEDUP, data));
    }

    @Test
    void saysWhichKeyDoesNotFitAndWhatToDoButNotTheKey() {
        ConnectorException refusal = refusal("{\"region\":\"A1\",\"id\":1}");

        assertThat(refusal.failureType()).isEqualTo(FailureType.CONFIG_ERROR);
        assertThat(refusal)
                .hasMessage("a record of the stream 'people' has a value in its key column 'region' (integer) that is"
                        + " not of its type, and rows that lose their key would be taken for one; choose another key,"
                        + " or a destination mode that needs none, or let the source declare another type");
    }

    @Test
    void refusesWhateverWasDoneToAKey() {
        assertThat(refusal("{\"region\":99999999999999999999,\"id\":1}")).hasMessageContaining("is larger than");
        assertThat(refusal("{\"region\":1,\"id\":1e-20000}")).hasMessageContaining("has more digits than");
    }

    @Test
    void takesNullAndOtherColumnsAsTheyAre() {
        assertThatCode(() -> require(DestinationSyncMode.APPEND_DEDUP, "{\"region\":null,\"size\":\"large\"}"))
                .doesNotThrowAnyException();
    }

    @Test
    void asksNothingOfStreamsThatAreNotDeduplicated() {
        assertThatCode(() -> require(DestinationSyncMode.APPEND, "{\"region\":\"A1\",\"id\":\"B\"}"))
                .doesNotThrowAnyException();
        assertThatCode(() -> require(DestinationSyncMode.OVERWRITE, "{\"region\":\"A1\",\"id\":\"B\"}"))
                .doesNotThrowAnyException();
    }
}
