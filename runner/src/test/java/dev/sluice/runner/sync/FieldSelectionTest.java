package dev.sluice.runner.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FieldSelectionTest {
    private static String select(String properties, String data) throws IOException {
        ObjectNode schema = (ObjectNode) Lines.json("{\"properties\":%s}".formatted(properties));
        FieldSelection selection = FieldSelection.of(AirbyteStream.fullRefresh("orders", schema, List.of()), Set.of())
                .orElseThrow();
        String line =
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":%s,\"emitted_at\":1}}".formatted(data);
        RecordLine record = (RecordLine) new MessageReader(new ByteArrayInputStream(line.getBytes(UTF_8))).read();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = selection.write(record, out);
        assertThat(length).isEqualTo(out.size());
        return out.toString(UTF_8);
    }

    @Test
    void keepsTheBytesOfWhatStays() throws IOException {
        assertThat(select("{\"b\":{},\"d\":{}}", "{\"a\":1, \"b\" : 1.50E+2 ,\"c\":{\"b\":1},\"d\":\"\\u00e9}\"}"))
                .isEqualTo("{\"b\" : 1.50E+2,\"d\":\"\\u00e9}\"}");
    }

    @Test
    void keepsNestedPropertiesThatTheSchemaDoesNotName() throws IOException {
        assertThat(select("{\"a\":{\"properties\":{\"x\":{}}}}", "{\"a\":{\"y\":[1,{\"z\":null}]},\"b\":1}"))
                .isEqualTo("{\"a\":{\"y\":[1,{\"z\":null}]}}");
    }

    @Test
    void knowsANameThatIsWrittenWithEscapes() throws IOException {
        assertThat(select("{\"é\":{}}", "{\"\\u00e9\":1,\"e\":2}")).isEqualTo("{\"\\u00e9\":1}");
    }

    @Test
    void takesADollarInTheSchemaForAKeyWithoutIt() throws IOException {
        assertThat(select("{\"$id\":{}}", "{\"id\":1,\"other\":2}")).isEqualTo("{\"id\":1}");
    }

    @Test
    void makesARowOfNullsOfOneThatHasNoneOfTheColumns() throws IOException {
        assertThat(select("{\"a\\\"b\":{}}", "{\"other\":2}")).isEqualTo("{\"a\\\"b\":null}");
    }
}
