package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import dev.sluice.source.commcare.Application.Form;
import dev.sluice.source.commcare.CommcareConfig.RecordFormat;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A submission as a record, and the columns it has.
///
/// @param exclude names, or beginnings of names, of fields to leave out at any depth
record FormShape(RecordFormat format, List<String> exclude) {
    /// Airbyte's connector leaves out what the form says about itself and its cases, except the object `case`.
    private static final List<String> NOT_FLATTENED = List.of("case_", "update_", "meta", "create_", "commcare_");

    AirbyteStream describe(Form form) {
        Columns columns = new Columns();
        return switch (format) {
            case FLATTENED -> {
                Set<String> answers = new TreeSet<>(form.answers());
                answers.removeIf(answer -> NOT_FLATTENED.stream().anyMatch(answer::startsWith) || isExcluded(answer));
                yield columns
                        .objects("data")
                        .texts("streamname", "xmlns", "#type", "@name", "@uiVersion", "@version", "@xmlns")
                        .texts("case_@case_id", "case_@date_modified", "case_@user_id", "case_@xmlns")
                        .texts(answers)
                        .stream(form.name());
            }
            case DATA -> columns.objects("data").stream(form.name());
            case RAW ->
                columns
                        .texts("domain", "app_id", "build_id", "type", "version", "uiversion", "submit_ip")
                        .booleans("archived", "initial_processing_complete", "is_phone_submission")
                        .texts("problem", "edited_on", "edited_by_user_id", "received_on", "server_modified_on")
                        .objects("metadata", "form", "attachments")
                        .texts("resource_uri")
                        .stream(form.name());
        };
    }

    /// @param envelope as the API sends it
    /// @param withData whether the stream is configured with the column `data`
    ObjectNode record(String stream, Form form, String id, Instant indexedOn, ObjectNode envelope, boolean withData) {
        ObjectNode kept = (ObjectNode) withoutExcluded(envelope);
        String time = IndexedOn.zoned(envelope.path("indexed_on").asText(), indexedOn);
        return switch (format) {
            case FLATTENED -> {
                ObjectNode record = Json.mapper().createObjectNode();
                for (var field : kept.path("form").properties()) {
                    if (NOT_FLATTENED.stream().noneMatch(field.getKey()::startsWith)) {
                        Flat.put(record, field.getKey(), field.getValue());
                    }
                }
                record.put("streamname", stream).put("xmlns", form.xmlns());
                if (withData) {
                    record.set("data", kept);
                }
                yield record.put("id", id).put("indexed_on", time);
            }
            case DATA -> {
                kept.put("indexed_on", time);
                ObjectNode record =
                        Json.mapper().createObjectNode().put("id", id).put("indexed_on", time);
                yield record.set("data", kept);
            }
            case RAW -> kept.put("id", id).put("indexed_on", time);
        };
    }

    private boolean isExcluded(String name) {
        return exclude.stream().anyMatch(name::startsWith);
    }

    private JsonNode withoutExcluded(JsonNode node) {
        if (exclude.isEmpty()) {
            return node;
        }
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode kept = Json.mapper().createObjectNode();
                for (var field : object.properties()) {
                    if (!isExcluded(field.getKey())) {
                        kept.set(field.getKey(), withoutExcluded(field.getValue()));
                    }
                }
                yield kept;
            }
            case ArrayNode list -> {
                ArrayNode kept = Json.mapper().createArrayNode();
                list.forEach(element -> kept.add(withoutExcluded(element)));
                yield kept;
            }
            default -> node;
        };
    }
}
