package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteGlobalState;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStateStats;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteStreamStatusTraceMessage;
import dev.sluice.protocol.StreamDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesTest {
    private static final Schema PUBLISHED = publishedSchema();

    private static Schema publishedSchema() {
        try (InputStream yaml = MessagesTest.class.getResourceAsStream("/airbyte_protocol.yaml")) {
            ObjectNode schema = (ObjectNode) new YAMLMapper().readTree(yaml);
            schema.remove("$id");
            schema.put("$ref", "#/definitions/AirbyteMessage");
            ObjectNode message = Json.mapper().createObjectNode();
            message.put("$schema", "http://json-schema.org/draft-07/schema#");
            message.putArray("allOf").addObject().put("$ref", "#/definitions/AirbyteMessage");
            message.set("definitions", schema.get("definitions"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(message.toString(), InputFormat.JSON);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<AirbyteMessage> everyMessage() {
        return ExampleMessages.all().toList();
    }

    @ParameterizedTest
    @MethodSource("everyMessage")
    void everyMessageSurvivesTheWireUnchanged(AirbyteMessage message) throws Exception {
        byte[] line = write(message);

        assertThat(line).endsWith((byte) '\n').doesNotContain((byte) '\r');
        assertThat(new String(line, UTF_8).lines()).hasSize(1);
        assertThat(Messages.fromJson((ObjectNode) Json.mapper().readTree(line))).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("everyMessage")
    void everyMessageIsValidAgainstThePublishedSchema(AirbyteMessage message) throws Exception {
        assertThat(PUBLISHED.validate(new String(write(message), UTF_8), InputFormat.JSON))
                .isEmpty();
    }

    @Test
    void theOracleRefusesAMessageThatLacksARequiredProperty() {
        assertThat(PUBLISHED.validate("{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\"}}", InputFormat.JSON))
                .isNotEmpty();
        assertThat(PUBLISHED.validate("{\"type\":\"NEWS\"}", InputFormat.JSON)).isNotEmpty();
    }

    @Test
    void aStateWithoutATypeIsLegacyUnlessItHoldsAStream() throws Exception {
        assertThat(state("{\"data\":{\"a\":1}}")).isInstanceOf(AirbyteStateMessage.Legacy.class);
        assertThat(state("{\"stream\":{\"stream_descriptor\":{\"name\":\"x\"}},\"data\":{}}"))
                .isInstanceOf(AirbyteStateMessage.Stream.class);
        assertThat(state("{\"global\":{\"stream_states\":[]}}")).isInstanceOf(AirbyteStateMessage.Global.class);
        assertThatThrownBy(() -> state("{\"type\":\"FUTURE\"}")).hasMessageContaining("'FUTURE'");
    }

    @Test
    void countsAreWrittenWithADecimalPointAndReadInBothSpellings() throws Exception {
        var json = Json.mapper().valueToTree(AirbyteStateStats.ofRecords(12));
        assertThat(json.toString()).isEqualTo("{\"recordCount\":12.0}");
        for (String spelling : List.of("12", "12.0")) {
            AirbyteStateMessage state = state("{\"data\":{},\"sourceStats\":{\"recordCount\":" + spelling + "}}");
            assertThat(state.sourceStats()
                            .orElseThrow()
                            .recordCount()
                            .orElseThrow()
                            .longValueExact())
                    .isEqualTo(12);
        }
    }

    @Test
    void emptyListsAreLeftAwayUnlessTheSchemaRequiresThem() {
        StreamDescriptor users = new StreamDescriptor("users");
        assertThat(Json.mapper()
                        .valueToTree(new AirbyteStreamStatusTraceMessage(users, AirbyteStreamStatus.STARTED, List.of()))
                        .toString())
                .isEqualTo("{\"stream_descriptor\":{\"name\":\"users\"},\"status\":\"STARTED\"}");
        assertThat(Messages.toJson(new AirbyteCatalog(List.of())).toString())
                .isEqualTo("{\"type\":\"CATALOG\",\"catalog\":{\"streams\":[]}}");
        assertThat(Messages.toJson(new AirbyteCatalog(List.of(
                                AirbyteStream.fullRefresh("users", Json.mapper().createObjectNode(), List.of()))))
                        .toString())
                .isEqualTo("{\"type\":\"CATALOG\",\"catalog\":{\"streams\":[{\"name\":\"users\",\"json_schema\":{},"
                        + "\"supported_sync_modes\":[\"full_refresh\"]}]}}");
        assertThat(Messages.toJson(new AirbyteStateMessage.Global(
                                new AirbyteGlobalState(Optional.empty(), List.of()), null, null))
                        .toString())
                .isEqualTo("{\"type\":\"GLOBAL\",\"global\":{\"stream_states\":[]}}");
    }

    @Test
    void anEmptyNamespaceIsTheSameAsNone() throws Exception {
        for (String namespace : List.of("", ",\"namespace\":\"\"", ",\"namespace\":null")) {
            var state = (AirbyteStateMessage.Stream)
                    state("{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"x\"" + namespace + "}}}");
            assertThat(state.stream().streamDescriptor()).isEqualTo(new StreamDescriptor("x"));
        }
    }

    @Test
    void aStateFileIsAnArrayOfStatesOrABareLegacyBlob() throws Exception {
        JsonNode blob = Json.mapper().readTree("{\"cursor\":1.50}");
        assertThat(Messages.statesFromJson(blob))
                .singleElement()
                .isInstanceOfSatisfying(
                        AirbyteStateMessage.Legacy.class,
                        s -> assertThat(s.data()).isEqualTo(blob));
        assertThat(Messages.statesFromJson(Json.mapper().readTree("[]"))).isEmpty();
        assertThat(Messages.statesFromJson(Json.mapper().readTree("{}"))).isEmpty();
    }

    private static AirbyteStateMessage state(String json) throws Exception {
        return Messages.stateFromJson(Json.mapper().readTree(json));
    }

    static byte[] write(AirbyteMessage message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MessageWriter writer = new MessageWriter(out)) {
            writer.write(message);
        }
        return out.toByteArray();
    }

    static MessageReader reader(byte[] bytes) {
        return new MessageReader(new ByteArrayInputStream(bytes));
    }
}
