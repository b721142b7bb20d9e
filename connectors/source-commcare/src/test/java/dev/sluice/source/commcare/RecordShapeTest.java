package dev.sluice.source.commcare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.source.commcare.Application.Form;
import dev.sluice.source.commcare.CommcareConfig.RecordFormat;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RecordShapeTest {
    private static final Form CASE_UPDATE =
            new Form("Case Update", "Case Update", LoopbackCommcare.CASE_UPDATE, Set.of());
    private static final Instant FORM_TIME = Instant.parse("2016-11-29T14:50:43.1Z");
    private static final Instant CASE_TIME = Instant.parse("2012-04-05T23:56:41Z");

    @Test
    void flattensAFormAsAirbytesConnectorDoes() {
        assertThat(form(RecordFormat.FLATTENED, LoopbackCommcare.sampleForm(), false))
                .isEqualTo(sample("airbyte_published_form_record.jsonl"));
    }

    @Test
    void flattensACaseAsAirbytesConnectorDoes() {
        assertThat(aCase(RecordFormat.FLATTENED, false)).isEqualTo(sample("airbyte_published_zzz_case_record.jsonl"));
    }

    @Test
    void keepsTheWholeSubmissionBesideTheFlattenedColumns() {
        ObjectNode record = form(RecordFormat.FLATTENED, LoopbackCommcare.sampleForm(), true);

        assertThat(record.get("data")).isEqualTo(LoopbackCommcare.sampleForm());
        assertThat(record.<ObjectNode>without("data")).isEqualTo(sample("airbyte_published_form_record.jsonl"));
    }

    @Test
    void putsAFormIntoDataAsTheDalgoForkDoes() {
        assertThat(form(RecordFormat.DATA, LoopbackCommcare.sampleForm(), true))
                .isEqualTo(sample("dalgo_fork_form_record.jsonl"));
    }

    @Test
    void putsACaseIntoDataAsTheDalgoForkDoes() {
        assertThat(aCase(RecordFormat.DATA, true)).isEqualTo(sample("dalgo_fork_zzz_case_record.jsonl"));
    }

    @Test
    void leavesARawFormAsItIs() {
        assertThat(form(RecordFormat.RAW, LoopbackCommcare.sampleForm(), false))
                .isEqualTo(LoopbackCommcare.sampleForm());
        assertThat(aCase(RecordFormat.RAW, false)).isEqualTo(caseSample());
    }

    @Test
    void keepsEmptyObjectsAndListsAndCountsListElements() throws IOException {
        ObjectNode envelope = LoopbackCommcare.sampleForm();
        envelope.set("form", Json.mapper().readTree("""
                {"case": [{"@case_id": "a"}, {"@case_id": "b", "update": ""}], "none": {}, "nobody": [], "n": 1,
                 "yes": true, "nothing": null, "naïve-q": {"नाम": "x"}, "meta": {"a": 1}, "case_type": "t"}"""));

        ObjectNode record = form(RecordFormat.FLATTENED, envelope, false);

        assertThat(record.<ObjectNode>without(List.of("id", "indexed_on", "streamname", "xmlns")))
                .isEqualTo(Json.mapper().readTree("""
                        {"case_0_@case_id": "a", "case_1_@case_id": "b", "case_1_update": "", "none": {}, "nobody": [],
                         "n": 1, "yes": true, "nothing": null, "naïve-q_नाम": "x"}"""));
    }

    @Test
    void leavesOutFieldsTheUserDoesNotWantAtAnyDepth() throws IOException {
        ObjectNode envelope = LoopbackCommcare.sampleForm();
        envelope.set("form", Json.mapper().readTree("""
                {"name": "x", "visit": [{"photo_front": "a.jpg", "q": "1"}], "photo": "b.jpg"}"""));

        ObjectNode flattened =
                shape(RecordFormat.FLATTENED, "photo").record("s", CASE_UPDATE, "1", FORM_TIME, envelope, true);
        ObjectNode raw = shape(RecordFormat.RAW, "photo").record("s", CASE_UPDATE, "1", FORM_TIME, envelope, true);

        assertThat(flattened.toString()).doesNotContain("photo").contains("\"visit_0_q\":\"1\"");
        assertThat(raw.toString()).doesNotContain("photo").contains("\"q\":\"1\"");
    }

    @Test
    void declaresAColumnForEveryAnswer() {
        Form form = Application.parse(LoopbackCommcare.application())
                .form("Case Update")
                .orElseThrow();

        JsonNode columns =
                shape(RecordFormat.FLATTENED).describe(form).jsonSchema().get("properties");

        assertThat(names(columns))
                .contains("question1", "data_node", "visit_नाम", "visit_q-2", "data")
                .doesNotContain("visit");
        assertThat(columns.get("question1")).hasToString("{\"type\":[\"null\",\"string\"]}");
        assertThat(columns.get("indexed_on"))
                .hasToString(
                        "{\"type\":\"string\",\"format\":\"date-time\",\"airbyte_type\":\"timestamp_with_timezone\"}");
    }

    @Test
    void declaresEveryColumnOfTheSampleCase() {
        JsonNode columns = new CaseShape(RecordFormat.FLATTENED)
                .describe(Application.parse(LoopbackCommcare.application()))
                .jsonSchema()
                .get("properties");

        List<String> sent = names(aCase(RecordFormat.FLATTENED, true));
        sent = sent.stream().filter(name -> !name.equals("indices")).toList(); // Empty here: no column, in data anyway.
        assertThat(names(columns)).containsAll(sent);
    }

    private static ObjectNode form(RecordFormat format, ObjectNode envelope, boolean withData) {
        return shape(format)
                .record("Case Update", CASE_UPDATE, envelope.get("id").asText(), FORM_TIME, envelope, withData);
    }

    private static FormShape shape(RecordFormat format, String... exclude) {
        return new FormShape(format, List.of(exclude));
    }

    private static ObjectNode aCase(RecordFormat format, boolean withData) {
        ObjectNode sent = caseSample();
        return new CaseShape(format).record(sent.get("id").asText(), CASE_TIME, sent, withData);
    }

    private static ObjectNode caseSample() {
        return sample("vendor_case_v1_objects.jsonl");
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static ObjectNode sample(String name) {
        try (var file = RecordShapeTest.class.getResourceAsStream("/samples/" + name)) {
            return (ObjectNode) Json.mapper().readTree(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
