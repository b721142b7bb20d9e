package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Airbyte's source-file, which brings half of Python's libraries for data, on a file of this machine.
final class AirbyteFileIT {
    private static final String PEOPLE = """
            id,name,note,height,since,active
            1,Zoë,"said ""no""
            and left",1.5,2024-01-01,true
            2,,,,,false
            3,Пётр 🐝,"a,b",7,2024-01-03,true
            """;

    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @Test
    void bringsACsvIntoPostgres() throws IOException {
        TestingPostgres postgres = TestingPostgres.make().tellPassword(sluice);
        putFile("people.csv", PEOPLE);
        sluice.write("people.yaml", file("csv", "people.csv") + postgres.destination("docker"));
        String people = "SELECT string_agg(concat_ws('|', id, name, note, height, since, active), ';' ORDER BY id)"
                + " FROM people";

        sluice.run("sync", "people.yaml").succeeds();

        assertThat(postgres.one(people))
                .isEqualTo("1|Zoë|said \"no\"\nand left|1.5|2024-01-01|t;2|f;3|Пётр 🐝|a,b|7.0|2024-01-03|t");

        // What is no longer in the file is no longer in the table.
        putFile("people.csv", PEOPLE.replace("2,,,,,false\n", ""));
        Finished second = sluice.run("sync", "people.yaml").succeeds();

        assertThat(second.out()).contains("1 stream, 2 records in");
        assertThat(postgres.one("SELECT string_agg(CAST(id AS TEXT), ' ' ORDER BY id) FROM people"))
                .isEqualTo("1 3");
    }

    @Test
    void bringsJsonLinesIntoDuckdb() throws IOException {
        DuckdbFile duckdb = DuckdbFile.in(sluice.work());
        putFile("people.jsonl", """
                {"id": 1, "name": "Zoë", "address": {"city": "Tromsø"}, "tags": ["a", "b"]}
                {"id": 2, "name": null, "address": {"city": "Bodø"}, "tags": []}
                """);
        sluice.write("people.yaml", file("jsonl", "people.jsonl") + duckdb.destination("docker"));

        Finished sync = sluice.run("sync", "people.yaml").succeeds();

        assertThat(sync.out()).contains("1 stream, 2 records in");
        assertThat(duckdb.one("""
                SELECT string_agg(concat_ws('|', id, name, address ->> 'city', json_array_length(tags)), ';' ORDER BY id)
                  FROM people
                """)).isEqualTo("1|Zoë|Tromsø|2;2|Bodø|0");
    }

    private void putFile(String name, String text) throws IOException {
        Path files = Files.createDirectories(sluice.work().resolve("files"));
        Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(files.resolve(name), text);
    }

    private static String file(String format, String name) {
        return """
                source:
                  image: "%s"
                  network: none
                  local: "files"
                  config:
                    dataset_name: people
                    format: "%s"
                    url: "/local/%s"
                    provider: {storage: local}
                """.formatted(PythonConnector.SOURCE_FILE.image(), format, name);
    }
}
