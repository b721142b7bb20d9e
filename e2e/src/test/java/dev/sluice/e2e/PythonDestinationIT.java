package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A destination that stands on Airbyte's own kit for Python.
///
/// Kits of today read a state into a class that does not know the mark (`id`) which the runner puts on it, so it comes
/// back without; kits of 2024 bring it back. The destination does the same with both.
final class PythonDestinationIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    @Test
    void itsStatesAreStoredThoughTheyComeBackWithoutTheirMark() throws IOException {
        fillsFromFaker(PythonConnector.DESTINATION_JSONL);
    }

    @Test
    void itsStatesAreStoredWithAnOldKit() throws IOException {
        fillsFromFaker(PythonConnector.OLD_DESTINATION_JSONL);
    }

    private void fillsFromFaker(PythonConnector destination) throws IOException {
        Path files = makeDirectory();
        String faker = """
                source:
                  type: "faker"
                  network: none
                  config: {count: %d, seed: 7, records_per_slice: 50, always_updated: false}
                """;
        DuckdbFile duckdb = DuckdbFile.in(sluice.work());
        sluice.write("ours.yaml", faker.formatted(310) + duckdb.destination("process"));
        sluice.run("sync", "ours.yaml").succeeds();
        sluice.write("python.yaml", faker.formatted(300) + jsonl(destination, "faker"));

        sluice.run("check", "python.yaml").succeeds();
        Finished first = sluice.run("sync", "python.yaml").succeeds();

        assertThat(first.out()).contains("3 streams, ");
        assertThat(records(files.resolve("faker/users.jsonl"))).hasSize(300);
        assertThat(sluice.run("state", "show", "python.yaml").succeeds().out())
                .contains("\"name\" : \"products\"", "\"name\" : \"users\"", "\"name\" : \"purchases\"");
        assertThat(sluice.run("sync", "python.yaml").succeeds().out()).contains("3 streams, 0 records in");

        sluice.write("python.yaml", faker.formatted(310) + jsonl(destination, "faker"));
        sluice.run("sync", "python.yaml").succeeds();

        // Appended, once each; and the same as in a destination of ours.
        String rows =
                "SELECT id, name, email, age, height, CAST(created_at AS TIMESTAMPTZ), CAST(address AS JSON) FROM ";
        String lines = "read_json('%s', format = 'newline_delimited', columns = {id: 'BIGINT', name: 'VARCHAR',"
                + " email: 'VARCHAR', age: 'BIGINT', height: 'VARCHAR', created_at: 'VARCHAR', address: 'JSON'})";
        assertThat(duckdb.difference(rows + "users", rows + lines.formatted(files.resolve("faker/users.jsonl"))))
                .isEqualTo("nothing missing, nothing more");
    }

    @Test
    void getsFormsAndCasesOfCommcare() throws IOException {
        Path files = makeDirectory();
        commcare.tellKey(sluice).generate(120, 40, "2024-03-01T00:00:00");
        sluice.write(
                "commcare.yaml",
                commcare.source("docker", 50)
                        + jsonl(PythonConnector.DESTINATION_JSONL, "commcare")
                        + "streams: [\"Case Update\", zzz_case]\n");

        sluice.run("sync", "commcare.yaml").succeeds();
        commcare.generate(3, 3, "2024-03-02T00:00:00");
        Finished second = sluice.run("sync", "commcare.yaml").succeeds();

        assertThat(second.out()).contains("2 streams, 6 records in");
        Path forms = files.resolve("commcare/Case Update.jsonl");
        assertThat(Files.readAllLines(forms)).hasSize(123);
        Map<String, ObjectNode> last = records(forms);
        assertThat(last).hasSize(120);
        for (int i = 0; i < 120; i++) {
            ObjectNode form = last.get("form-%06d".formatted(i));
            assertThat(form.path("question1").asText()).isEqualTo("answer " + i);
            assertThat(form.at("/data/form/question1").asText()).isEqualTo("answer " + i);
            assertThat(form.path("indexed_on").asText()).startsWith(i < 3 ? "2024-03-02" : "2024-03-01");
        }
        assertThat(records(files.resolve("commcare/zzz_case.jsonl"))).hasSize(40);
    }

    /// The last record of each key.
    private static Map<String, ObjectNode> records(Path file) throws IOException {
        Map<String, ObjectNode> records = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            ObjectNode record = (ObjectNode) JSON.readTree(line);
            records.put(record.get("id").asText(), record);
        }
        return records;
    }

    private Path makeDirectory() throws IOException {
        Path files = Files.createDirectory(sluice.work().resolve("files"));
        return Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static String jsonl(PythonConnector destination, String directory) {
        return """
                destination:
                  image: "%s"
                  network: none
                  local: "files"
                  config: {directory: "%s"}
                sync:
                  destination_mode: append
                """.formatted(destination.image(), directory);
    }
}
