import dev.sluice.Destination;
import dev.sluice.Records;
import dev.sluice.Sluice;
import dev.sluice.Source;
import dev.sluice.SyncListener;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.sync.StreamProgress;
import dev.sluice.runner.sync.SyncReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What docs/embedding.md shows, as a program: `java -cp runner/target/sluice/sluice.jar
/// examples/embedding/Embedding.java`, from the folder of a built Sluice. It fills `shop.duckdb` in the directory that
/// is its argument, or else in the working directory.
///
/// The regions between `// begin` and `// end` are the blocks of that page; a test compares them.
public final class Embedding {
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args.length > 0 ? args[0] : "").toAbsolutePath();
        tenLines(directory);
        sluice(directory);
    }

    private static void tenLines(Path directory) {
        Path home = home();
        // begin ten-lines
        try (Sluice sluice = Sluice.open(home)) {
            Source faker = sluice.source("faker").config(Map.of("count", 1_000)).process();
            faker.check();
            faker.streams().forEach(stream -> System.out.println(stream.name()));
            try (Records users = faker.select("users").read()) {
                users.stream().limit(5).forEach(user -> System.out.println(user.data()));
            }
            Destination file = sluice.destination("duckdb").config(Map.of("destination_path", directory.resolve("shop.duckdb"))).process();
            System.out.println(faker.select("users").syncTo(file, "shop").records() + " records");
        }
        // end ten-lines
    }

    private static Path home() {
        return Path.of(System.getenv().getOrDefault("SLUICE_HOME", "")).toAbsolutePath();
    }

    private static void sluice(Path directory) throws IOException {
        // begin open
        try (Sluice sluice = Sluice.builder()
                .home(home())
                .directory(directory)
                .limits(Map.of("source_timeout", "10m", "attempts", 3))
                .log((level, connector, text) -> System.err.printf("%s %s: %s%n", level, connector, text))
                .open()) {
            read(sluice, directory);
            sync(sluice, directory);
            errors(sluice);
        }
        // end open
    }

    private static void read(Sluice sluice, Path directory) throws IOException {
        // begin read
        Source faker = sluice.source("faker")
                .config(Map.of("count", 100, "seed", 7, "always_updated", false))
                .process();
        Path place = directory.resolve("users.state.json");
        try (Records users = faker.select("users").read()) {
            for (AirbyteRecordMessage user : users) {
                keep(user.stream(), user.data().get("id").asLong(), user.emittedAt());
            }
            Files.writeString(place, users.state().toString());
        }
        // end read
        // begin continue
        try (Records users = faker.select("users").read(JSON.readTree(place.toFile()))) {
            System.out.println(users.stream().count() + " new users");
        }
        // end continue
    }

    private static final com.fasterxml.jackson.databind.ObjectMapper JSON =
            new com.fasterxml.jackson.databind.ObjectMapper();

    private static void keep(String stream, long id, long emittedAt) {}

    /// Settings as a record: what the compiler knows need not be looked up.
    // begin settings
    record Faker(int count, int seed) {}
    // end settings

    private static void sync(Sluice sluice, Path directory) {
        // begin sync
        Source faker = sluice.source("faker").config(new Faker(1_000, 7)).process();
        Destination file = sluice.destination("duckdb")
                .config(Map.of("destination_path", directory.resolve("shop.duckdb")))
                .process();
        SyncReport report = faker.select(Map.of("users", Map.of("fields", List.of("id", "name", "updated_at"))))
                .syncTo(file, "users", new SyncListener() {
                    @Override
                    public void progress(List<StreamProgress> streams) {
                        streams.forEach(stream -> System.err.printf("%s: %d records, %d stored%n",
                                stream.stream(), stream.records(), stream.committed()));
                    }
                });
        System.out.println(report.records() + " users in " + report.took().toMillis() + " ms");
        // end sync
    }

    private static void errors(Sluice sluice) {
        // begin errors
        try {
            sluice.source("faker").config(Map.of("cuont", 5)).process().check();
        } catch (RunnerException e) {
            System.out.println(e.code() + ": " + e.getMessage());
            e.next().ifPresent(System.out::println);
        }
        // end errors
    }
}
