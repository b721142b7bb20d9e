package dev.sluice.destination.duckdb;

import static dev.sluice.destination.duckdb.TestingSync.complete;
import static dev.sluice.destination.duckdb.TestingSync.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
    @TempDir
    Path folder;

    private static String failure(Path file) {
        var status = TestingSync.into(file).check();
        assertThat(status.get("status").asText()).isEqualTo("FAILED");
        return status.get("message").asText();
    }

    @Test
    void leavesNothingBehind() throws IOException {
        var status = TestingSync.into(folder.resolve("a/b/new.duckdb")).check();

        assertThat(status.get("status").asText()).isEqualTo("SUCCEEDED");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void leavesAFileThatWasThereAsItWas() throws IOException {
        Path file = folder.resolve("there.duckdb");
        TestingSync.into(file).stream("s", "{\"v\":{\"type\":\"integer\"}}")
                .run(record("s", "{\"v\":1}"), complete("s"));
        byte[] before = Files.readAllBytes(file);

        assertThat(TestingSync.into(file).check().get("status").asText()).isEqualTo("SUCCEEDED");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void worksWithPathsOfAnyCharacters() throws IOException {
        Path file = folder.resolve("sp äce's/f ü.duckdb");
        Files.createDirectories(file.getParent());

        assertThat(TestingSync.into(file).check().get("status").asText()).isEqualTo("SUCCEEDED");
    }

    @Test
    void saysWhatIsWrongWithThePath() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "these are notes, not a database");

        assertThat(failure(text))
                .isEqualTo("%s exists and is not a DuckDB file; choose another `destination_path`".formatted(text));
        assertThat(text).hasContent("these are notes, not a database");
        assertThat(failure(folder))
                .isEqualTo("%s is a folder; `destination_path` names the file in it, for example %s/warehouse.duckdb"
                        .formatted(folder, folder));
        assertThat(failure(text.resolve("x.duckdb")))
                .startsWith("the folder of %s/x.duckdb cannot be made".formatted(text));
        assertThat(failure(Path.of(":memory:")))
                .isEqualTo(
                        "a database in memory would be gone with the end of the sync; set `destination_path` to a file");
        assertThat(failure(Path.of("md:my_db")))
                .isEqualTo("MotherDuck is not supported yet (`destination_path` begins with 'md:'); name a file, for"
                        + " example /local/destination.duckdb");
        assertThat(failure(Path.of("a?b")))
                .isEqualTo(
                        "`destination_path` holds a '?' or ';', behind which DuckDB expects options; rename the file");
    }
}
