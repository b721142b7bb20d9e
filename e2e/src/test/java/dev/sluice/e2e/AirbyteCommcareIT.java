package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.e2e.TestingCommcare.Case;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Airbyte's source-commcare beside ours, on the same CommCare, into the same database.
///
/// Airbyte's declares two columns, so that is what our runner passes on and what tables have of it. Its whole records
/// are compared without a runner.
final class AirbyteCommcareIT {
    private static final List<String> TABLES = List.of("\"Case_Update\"", "zzz_case");

    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    @Test
    void fillsTheSameRowsIntoPostgresAsOurs() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        // Two of its pages, and six of ours.
        commcare.tellKey(sluice).answersAsItUsedTo().generate(1_200, 300, "2024-03-01T00:00:00");
        String streams = "streams: [\"Case Update\", zzz_case]\n";
        sluice.write("airbyte.yaml", commcare.airbyteSource() + postgres.destination("docker", "airbyte") + streams);
        sluice.write("ours.yaml", commcare.source("docker", 200) + postgres.destination("docker", "ours") + streams);

        Finished first = sluice.run("sync", "airbyte.yaml").succeeds();
        sluice.run("sync", "ours.yaml").succeeds();

        assertThat(first.out()).contains("2 streams, 1,500 records in");
        assertSameRows(postgres);
        assertThat(postgres.count("airbyte.\"Case_Update\"")).isEqualTo(1_200);
        assertThat(postgres.count("airbyte.zzz_case")).isEqualTo(300);

        // A day later: forms were corrected, with the cases they touch, and there are new ones.
        commcare.generate(5, 5, "2024-03-02T00:00:00").putForms(CommcareIT.forms(0, 3, "2024-03-03"));
        commcare.forgetRequests();

        sluice.run("sync", "airbyte.yaml").succeeds();

        // And the last one before, which Airbyte's asks for and stores again. Before all it asks for a page from the
        // start date, to see whether the stream is there.
        assertThat(commcare.requests("form").stream()
                        .filter(request ->
                                !request.parameter("indexed_on_start").startsWith("2020"))
                        .mapToInt(TestingCommcare.Request::rows)
                        .sum())
                .as("forms asked for")
                .isEqualTo(5 + 3 + 1);

        Finished second = sluice.run("sync", "ours.yaml").succeeds();

        assertThat(second.out()).contains("2 streams, 13 records in");
        assertSameRows(postgres);
        assertThat(postgres.count("airbyte.\"Case_Update\"")).isEqualTo(1_203);
    }

    /// Airbyte's emits a case only in the run that reads a form which touched it.
    @Test
    void ourCasesAreThoseThatAirbytesMisses() {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        commcare.tellKey(sluice).answersAsItUsedTo().generate(10, 10, "2024-03-01T00:00:00");
        sluice.write("airbyte.yaml", commcare.airbyteSource() + postgres.destination("docker", "airbyte"));
        sluice.write("ours.yaml", commcare.source("docker", 200) + postgres.destination("docker", "ours"));
        commcare.putCases(List.of(
                new Case("case-000004", "2024-03-02T00:00:00.000001", "imported"),
                new Case("case-new", "2024-03-02T00:00:01.000001", "imported")));

        sluice.run("sync", "airbyte.yaml").succeeds();
        sluice.run("sync", "ours.yaml").succeeds();

        assertThat(postgres.one("""
                SELECT string_agg(id, ' ' ORDER BY id)
                  FROM (SELECT id, indexed_on FROM ours.zzz_case
                        EXCEPT ALL SELECT id, indexed_on FROM airbyte.zzz_case) AS missed
                """)).isEqualTo("case-000004 case-new");
        assertThat(postgres.count("airbyte.zzz_case")).isEqualTo(9);
        assertThat(postgres.count("ours.zzz_case")).isEqualTo(11);
        // Forms without an English name: Airbyte's are called by the end of their xmlns, ours by the name they have.
        assertThat(tables(postgres, "airbyte")).isEqualTo("Case_Update Unnamed__DDDD zzz_case");
        assertThat(tables(postgres, "ours"))
                .startsWith("Case_Update ")
                .doesNotContain("Unnamed")
                .endsWith(" zzz_case");
    }

    /// With the catalog of Airbyte's, ours is Airbyte's: record for record, value for value, in the same order.
    @Test
    void emitsTheSameRecordsAsOurs() throws IOException {
        commcare.answersAsItUsedTo().generate(1_200, 300, "2024-03-01T00:00:00");
        Path files = Files.createDirectory(sluice.work().resolve("files"));
        ObjectNode config = JSON.createObjectNode()
                .put("api_key", TestingCommcare.API_KEY)
                .put("project_space", "corpora")
                .put("app_id", "effb341b")
                .put("start_date", "2020-01-01T00:00:00Z")
                .put("base_url", commcare.address());
        Files.writeString(files.resolve("config.json"), config.toString());
        ObjectNode catalog = JSON.createObjectNode();
        for (JsonNode stream : printed(PythonConnector.SOURCE_COMMCARE.image(), files, "discover")
                .findFirst()
                .orElseThrow()
                .at("/catalog/streams")) {
            if (!stream.path("name").asText().startsWith("Unnamed_")) {
                catalog.withArray("streams")
                        .addObject()
                        .put("sync_mode", "incremental")
                        .put("destination_sync_mode", "append")
                        .set("stream", stream);
            }
        }
        Files.writeString(files.resolve("catalog.json"), catalog.toString());

        List<JsonNode> airbytes = records(PythonConnector.SOURCE_COMMCARE.image(), files);
        List<JsonNode> ours = records("sluice/source-commcare:" + SluiceCli.version(), files);

        assertThat(airbytes).hasSize(1_500);
        assertThat(ours).isEqualTo(airbytes);
    }

    private static List<JsonNode> records(String image, Path files) {
        return printed(image, files, "read", "--catalog", "/files/catalog.json")
                .map(message -> message.get("record"))
                .peek(record -> ((ObjectNode) record).remove("emitted_at"))
                .toList();
    }

    /// The messages that are the answer to a command.
    private static Stream<JsonNode> printed(String image, Path files, String verb, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("docker", "run", "--rm", "--network=host", "--volume=" + files + ":/files:ro"));
        command.addAll(List.of(image, verb, "--config", "/files/config.json"));
        command.addAll(List.of(arguments));
        return Program.lines(command.toArray(String[]::new)).stream()
                .filter(line -> line.startsWith("{"))
                .map(AirbyteCommcareIT::json)
                .filter(message -> message.path("type").asText().equals(verb.equals("read") ? "RECORD" : "CATALOG"));
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSameRows(TestingPostgres postgres) {
        for (String table : TABLES) {
            assertThat(postgres.difference(
                            "SELECT id, indexed_on FROM airbyte." + table, "SELECT id, indexed_on FROM ours." + table))
                    .as(table)
                    .isEqualTo("nothing missing, nothing more");
        }
    }

    private static String tables(TestingPostgres postgres, String schema) {
        return postgres.one("SELECT string_agg(table_name, ' ' ORDER BY table_name COLLATE \"C\")"
                + " FROM information_schema.tables WHERE table_schema = '%s'".formatted(schema));
    }
}
