package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// JSON Schemas, and what they say against a document; an empty list means that it fits.
final class Schemas {
    private static final SchemaRegistry DRAFT_7 = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);
    private static final Schema META = DRAFT_7.getSchema(SchemaLocation.of("http://json-schema.org/draft-07/schema#"));
    private static final Schema PUBLISHED = published();

    private Schemas() {}

    /// The published schema of the protocol, for one message.
    private static Schema published() {
        try (InputStream yaml = Schemas.class.getResourceAsStream("/airbyte_protocol.yaml")) {
            ObjectNode message = Json.mapper().createObjectNode();
            message.put("$schema", "http://json-schema.org/draft-07/schema#");
            message.putArray("allOf").addObject().put("$ref", "#/definitions/AirbyteMessage");
            message.set("definitions", new YAMLMapper().readTree(yaml).get("definitions"));
            return DRAFT_7.getSchema(message.toString(), InputFormat.JSON);
        } catch (IOException e) {
            throw new AssertionError("airbyte_protocol.yaml is not on the class path", e);
        }
    }

    static List<String> againstProtocol(String line) {
        return problems(PUBLISHED, line);
    }

    static List<String> againstDraft7(JsonNode schema) {
        return problems(META, schema.toString());
    }

    static Schema compiled(JsonNode schema) {
        return DRAFT_7.getSchema(schema.toString(), InputFormat.JSON);
    }

    static List<String> problems(Schema schema, String json) {
        return schema.validate(json, InputFormat.JSON).stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    /// What the schema says about a column or nested value; null when it does not know the path.
    static JsonNode at(JsonNode schema, List<String> path) {
        JsonNode here = schema;
        for (String name : path) {
            here = here.path("properties").get(name);
            if (here == null) {
                return null;
            }
        }
        return here;
    }
}
