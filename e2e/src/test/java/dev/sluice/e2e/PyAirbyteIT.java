package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.e2e.TestingCommcare.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Our images, run by PyAirbyte instead of our runner.
final class PyAirbyteIT {
    private static final PythonPackages PYAIRBYTE = PythonPackages.of("airbyte==0.71.3");
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Some of all columns whose values depend on the seed alone, a row a line.
    private static final String USERS = """
            SELECT string_agg(id || ' ' || name || ' ' || email || ' ' || age || ' ' || height, chr(10) ORDER BY id)
              FROM users""";

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingCommcare commcare = new TestingCommcare();

    private Path project;

    @BeforeEach
    void makeProject() throws IOException {
        project = Files.createDirectory(sluice.work().resolve("pyairbyte"));
        Files.createDirectory(project.resolve("tmp"));
    }

    @Test
    void readsFakerIntoItsCache() throws IOException {
        faker(300);

        JsonNode first = user("read", "faker.json");

        assertThat(first.path("available").toString()).isEqualTo("[\"products\",\"users\",\"purchases\"]");
        DuckdbFile cache = new DuckdbFile(project.resolve("cache/db_cache.duckdb"));
        assertThat(first.path("records").asInt()).isEqualTo(100 + 300 + (int) cache.count("purchases"));
        assertThat(cache.count("users")).isEqualTo(300);
        assertThat(cache.one(USERS)).isEqualTo(readByOurRunner().one(USERS));

        assertThat(user("read", "faker.json").path("records").asInt()).isZero();

        faker(310);

        assertThat(user("read", "faker.json").path("records").asInt()).isBetween(10, 20);
        assertThat(cache.one("SELECT count(*) || ' ' || count(DISTINCT id) FROM users"))
                .isEqualTo("310 310");
    }

    @Test
    void readsCommcareIntoItsCacheAndThenWhatIsNew() throws IOException {
        commcare.putForms(CommcareIT.forms(0, 45, "2024-03-01"));
        ObjectNode config = JSON.createObjectNode()
                .put("api_key", TestingCommcare.API_KEY)
                .put("project_space", "corpora")
                .put("app_id", "effb341b")
                .put("start_date", "2020-01-01T00:00:00Z")
                .put("base_url", commcare.address())
                .put("page_size", 10);
        // Not all: a name without a Latin letter, as an Indian form has, ends PyAirbyte's whole read.
        connector("commcare.json", "source-commcare", config, "[\"Case Update\"]");

        JsonNode first = user("read", "commcare.json");

        assertThat(first.path("records").asInt()).isEqualTo(45);
        DuckdbFile cache = new DuckdbFile(project.resolve("cache/db_cache.duckdb"));
        String forms = "SELECT string_agg(id || ' ' || question1, ', ' ORDER BY id) FROM case_update"
                + " WHERE id IN ('form-0000', 'form-0044', 'form-0045')";
        assertThat(cache.one(forms)).isEqualTo("form-0000 answer 0, form-0044 answer 44");

        commcare.putForms(List.of(
                new Form("form-0000", "2024-03-02T00:00:00.000001", "corrected"),
                new Form("form-0045", "2024-03-02T00:00:01.000001", "new")));

        assertThat(user("read", "commcare.json").path("records").asInt()).isEqualTo(2);
        assertThat(cache.one(forms)).isEqualTo("form-0000 corrected, form-0044 answer 44, form-0045 new");
        assertThat(cache.count("case_update")).isEqualTo(46);
    }

    @Test
    void writesIntoOurPostgres() throws IOException {
        TestingPostgres postgres = TestingPostgres.make();
        faker(300);
        connector(
                "warehouse.json",
                "destination-postgres",
                JSON.createObjectNode()
                        .put("host", postgres.host())
                        .put("port", postgres.port())
                        .put("database", postgres.database())
                        .put("schema", "public")
                        .put("username", TestingPostgres.USER)
                        .put("password", TestingPostgres.PASSWORD));
        writesWhatItReadsAndNothingTwice(postgres);
    }

    @Test
    void writesIntoOurDuckdb() throws IOException {
        // PyAirbyte mounts this directory at /local and does not care who may write there; our images are not root.
        Path local = Files.createDirectory(project.resolve("destination-duckdb"));
        Files.setPosixFilePermissions(local, PosixFilePermissions.fromString("rwxrwxrwx"));
        faker(300);
        connector(
                "warehouse.json",
                "destination-duckdb",
                JSON.createObjectNode().put("destination_path", "/local/warehouse.duckdb"));
        writesWhatItReadsAndNothingTwice(new DuckdbFile(local.resolve("warehouse.duckdb")));
    }

    private void writesWhatItReadsAndNothingTwice(Warehouse warehouse) throws IOException {
        int records =
                user("write", "faker.json", "warehouse.json").path("records").asInt();

        assertThat(records).isEqualTo((int)
                (warehouse.count("products") + warehouse.count("users") + warehouse.count("purchases")));
        assertThat(warehouse.one(USERS)).isEqualTo(readByOurRunner().one(USERS));

        assertThat(user("write", "faker.json", "warehouse.json").path("records").asInt())
                .isZero();
        assertThat(warehouse.one(USERS)).isEqualTo(readByOurRunner().one(USERS));
    }

    private void faker(int count) throws IOException {
        connector(
                "faker.json",
                "source-faker",
                JSON.createObjectNode().put("count", count).put("seed", 7).put("always_updated", false));
    }

    private void connector(String file, String name, ObjectNode config) throws IOException {
        connector(file, name, config, "\"*\"");
    }

    private void connector(String file, String name, ObjectNode config, String streams) throws IOException {
        ObjectNode connector =
                JSON.createObjectNode().put("name", name).put("image", "sluice/" + name + ":" + SluiceCli.version());
        connector.set("streams", JSON.readTree(streams));
        connector.set("config", config);
        Files.writeString(project.resolve(file), connector.toString());
    }

    /// The same 300 users, the way our runner brings them.
    private DuckdbFile readByOurRunner() {
        DuckdbFile ours = new DuckdbFile(sluice.work().resolve("warehouse/warehouse.duckdb"));
        if (!Files.exists(ours.path())) {
            DuckdbFile.in(sluice.work());
            sluice.write("ours.yaml", """
                    source:
                      type: "faker"
                      launch: process
                      config: {count: 300, seed: 7, always_updated: false}
                    """ + ours.destination("process"));
            sluice.run("sync", "ours.yaml").succeeds();
        }
        return ours;
    }

    /// What the program `pyairbyte_user.py` says in its last line.
    private JsonNode user(String... arguments) throws IOException {
        Path packages = PYAIRBYTE.installed(PythonPackages.here());
        Path program = Files.write(project.resolve("user.py"), PythonConnector.resource("pyairbyte_user.py"));
        String output = Program.run(
                project,
                Stream.concat(
                                Stream.of(
                                        "env",
                                        "PYTHONPATH=" + packages,
                                        "AIRBYTE_OFFLINE_MODE=1",
                                        "DO_NOT_TRACK=1",
                                        "AIRBYTE_PROJECT_DIR=" + project,
                                        "AIRBYTE_LOGGING_ROOT=" + project.resolve("logs"),
                                        // Which it mounts into the container.
                                        "AIRBYTE_TEMP_DIR=" + project.resolve("tmp"),
                                        "python3",
                                        program.toString()),
                                Stream.of(arguments))
                        .toArray(String[]::new));
        return JSON.readTree(output.lines().reduce("", (before, line) -> line));
    }
}
