import com.fasterxml.jackson.databind.ObjectMapper;
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

/// What docs/embedding.md shows, as a program. From the folder of a built Sluice:
///
///     java -cp runner/target/sluice/sluice.jar examples/embedding/Embedding.java DIRECTORY
///
/// It fills `shop.duckdb` in DIRECTORY. What stands between `begin` and `end` is a block of that page; a test compares
/// them.
public final class Embedding {
    public static void main(String[] args) throws IOException {
        Path home = Path.of(System.getenv().getOrDefault("SLUICE_HOME", "")).toAbsolutePath();
        Path directory = Path.of(args[0]).toAbsolutePath();
        tenLines(home, directory);
        // begin open
        try (Sluice sluice = Sluice.builder()
                .home(home)
                .directory(directory)
                .limits(Map.of("source_timeout", "10m", "attempts", 3))
                .log((level, connector, text) -> System.err.printf("%s %s: %s%n", level, connector, text))
                .open()) {
            read(sluice, directory);
            sync(sluice, directory);
            fail(sluice);
        }
        // end open
    }

    private static void tenLines(Path home, Path directory) {
        // begin ten lines
        try (Sluice sluice = Sluice.open(home)) {
            Source faker = sluice.source("faker").config(Map.of("count", 1_000)).process();
            faker.check();
            faker.streams().forEach(stream -> System.out.println(stream.name()));
            try (Records users = faker.select("users").read()) {
                users.stream().limit(5).forEach(user -> System.out.println(user.data().get("name")));
            }
            Path file = directory.resolve("shop.duckdb");
            Destination shop = sluice.destination("duckdb").config(Map.of("destination_path", file)).process();
            System.out.println(faker.select("users").syncTo(shop, "shop").records() + " users stored");
        }
        // end ten lines
    }

    private static void read(Sluice sluice, Path directory) throws IOException {
        // begin read
        Source faker = sluice.source("faker")
                .config(Map.of("count", 100, "seed", 7, "always_updated", false))
                .process();
        Path place = directory.resolve("users.state.json");
        try (Records users = faker.select("users").read()) {
            for (AirbyteRecordMessage user : users) {
                keep(user.stream(), user.data(), user.emittedAt());
            }
            Files.writeString(place, users.state().toString());
        }
        // end read
        // begin continue
        try (Records users = faker.select("users").read(new ObjectMapper().readTree(place.toFile()))) {
            System.out.println(users.stream().count() + " new users");
        }
        // end continue
    }

    private static void keep(String stream, Object data, long emittedAt) {}

    // begin sync
    record Faker(int count, int seed) {}

    private static void sync(Sluice sluice, Path directory) {
        Source faker = sluice.source("faker").config(new Faker(1_000, 7)).process();
        Destination file = sluice.destination("duckdb")
                .config(Map.of("destination_path", directory.resolve("shop.duckdb")))
                .process();
        SyncReport report = faker.select(Map.of("products", Map.of("fields", List.of("id", "make", "updated_at"))))
                .destinationMode("append_dedup")
                .syncTo(file, "products", new SyncListener() {
                    @Override
                    public void progress(List<StreamProgress> streams) {
                        streams.forEach(stream -> System.err.printf(
                                "%s: %d records, %d stored%n", stream.stream(), stream.records(), stream.committed()));
                    }
                });
        System.out.println(report.committed() + " products stored");
    }
    // end sync

    private static void fail(Sluice sluice) {
        // begin fail
        try {
            sluice.source("faker").config(Map.of("cuont", 5)).process().check();
        } catch (RunnerException e) {
            System.out.println(e.code() + ": " + e.getMessage());
        }
        // end fail
    }
}
