package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import dev.sluice.source.commcare.CommcareConfig.RecordFormat;
import java.time.Instant;
import java.util.StringJoiner;

/// A case as a record, and the columns it has.
record CaseShape(RecordFormat format) {
    AirbyteStream describe(Application application) {
        Columns columns = new Columns();
        return switch (format) {
            case FLATTENED ->
                fields(columns.objects("data"))
                        .texts("xform_ids", "streamname")
                        .texts("properties_case_name", "properties_case_type", "properties_date_opened")
                        .texts("properties_external_id", "properties_owner_id")
                        .texts(application.caseProperties().stream()
                                .map(property -> "properties_" + property)
                                .toList())
                        .texts("indices_parent_case_id", "indices_parent_case_type", "indices_parent_relationship")
                        .stream(Application.CASES);
            case DATA -> columns.objects("data").stream(Application.CASES);
            case RAW -> fields(columns).list("xform_ids").objects("properties", "indices").stream(Application.CASES);
        };
    }

    private static Columns fields(Columns columns) {
        return columns.texts("case_id", "domain", "user_id", "opened_by", "closed_by")
                .texts("date_modified", "server_date_modified", "server_date_opened", "date_closed")
                .booleans("closed")
                .texts("resource_uri");
    }

    /// @param sent as the API sends it
    /// @param withData whether the stream is configured with the column `data`
    ObjectNode record(String id, Instant indexedOn, ObjectNode sent, boolean withData) {
        String time = IndexedOn.zoned(sent.path("indexed_on").asText(), indexedOn);
        return switch (format) {
            case FLATTENED -> {
                ObjectNode record = Json.mapper().createObjectNode();
                ObjectNode published = published(sent, time);
                published.properties().forEach(field -> Flat.put(record, field.getKey(), field.getValue()));
                if (withData) {
                    record.set("data", sent);
                }
                yield record.put("id", id).put("indexed_on", time);
            }
            case DATA -> {
                ObjectNode record =
                        Json.mapper().createObjectNode().put("id", id).put("indexed_on", time);
                yield record.set("data", published(sent, time));
            }
            case RAW -> sent.deepCopy().put("id", id).put("indexed_on", time);
        };
    }

    /// Airbyte's connector joins the ids of a case's forms, of which there may be thousands.
    private static ObjectNode published(ObjectNode sent, String time) {
        ObjectNode published = Json.mapper().createObjectNode();
        published.setAll(sent);
        published.put("streamname", "case").put("indexed_on", time);
        if (sent.path("xform_ids").isArray()) {
            StringJoiner ids = new StringJoiner(",");
            for (JsonNode xform : sent.get("xform_ids")) {
                ids.add(xform.asText());
            }
            published.put("xform_ids", ids.toString());
        }
        return published;
    }
}
