package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sluice as a library: what docs/embedding.md shows, compiled and run in a JVM of its own, as a user's program.
final class EmbeddingIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    private Finished runs(String source, Object... arguments) {
        return sluice.runJava(SluiceCli.HOME.resolve(source), arguments).finished();
    }

    @Test
    void theExampleReadsAndSyncs() throws Exception {
        Finished example =
                runs("examples/embedding/Embedding.java", sluice.work()).succeeds();

        assertThat(example.out().replaceAll("(?m)^\".*\"$", "NAME")).isEqualTo("""
                products
                users
                purchases
                NAME
                NAME
                NAME
                NAME
                NAME
                1000 users stored
                0 new users
                100 products stored
                config.invalid: there is a problem in the connection
                  `source.config.cuont` is not a setting of this connector; did you mean 'count'?
                """);
        DuckdbFile shop = new DuckdbFile(sluice.work().resolve("shop.duckdb"));
        assertThat(shop.one("SELECT count(DISTINCT id) || ' of ' || count(*) FROM users"))
                .isEqualTo("1000 of 1000");
        assertThat(shop.one("SELECT count(*) FROM products")).isEqualTo("100");
        assertThat(Files.readString(sluice.work().resolve("users.state.json"))).contains("\"name\":\"users\"");
    }

    @Test
    void theExampleContinuesWhereItWas() throws Exception {
        runs("examples/embedding/Embedding.java", sluice.work()).succeeds();

        Finished second =
                runs("examples/embedding/Embedding.java", sluice.work()).succeeds();

        assertThat(second.out()).contains("1000 users stored", "100 products stored");
        assertThat(new DuckdbFile(sluice.work().resolve("shop.duckdb")).one("SELECT count(*) FROM users"))
                .as("one row per key")
                .isEqualTo("1000");
    }

    /// Reads from containers, a few of very many records, and is interrupted in the middle of the rest.
    @Test
    void containersEndWithTheReadThatStartedThem() throws Exception {
        Path program = sluice.write("Early.java", """
                import dev.sluice.*;
                import java.nio.file.Path;
                import java.util.Map;

                public final class Early {
                    public static void main(String[] args) throws Exception {
                        try (Sluice sluice = Sluice.open(Path.of(args[0]))) {
                            Source faker = sluice.source("faker").config(Map.of("count", 50_000_000)).with("memory", "512m");
                            faker.check();
                            try (Records users = faker.select("users").read()) {
                                System.out.println(users.stream().limit(3).count() + " users");
                            }
                            Thread reader = Thread.currentThread();
                            try (Records users = faker.select("users").read()) {
                                var iterator = users.iterator();
                                iterator.next();
                                reader.interrupt();
                                while (iterator.hasNext()) {
                                    iterator.next();
                                }
                            } catch (dev.sluice.runner.RunnerException e) {
                                System.out.println(e.code() + ", interrupted: " + Thread.interrupted());
                            }
                        }
                    }
                }
                """);

        Finished early = sluice.runJava(program, SluiceCli.HOME).finished().succeeds();

        assertThat(early.out()).isEqualTo("3 users\nrunner.stopped, interrupted: true\n");
        assertThat(sluice.containers()).isEmpty();
    }

    @Test
    void aProgramThatEndsWithoutClosingLeavesNothing() throws Exception {
        Path program = sluice.write("Careless.java", """
                import dev.sluice.*;
                import java.nio.file.Path;
                import java.util.Map;

                public final class Careless {
                    public static void main(String[] args) {
                        Source faker = Sluice.open(Path.of(args[0])).source("faker").config(Map.of("count", 50_000_000)).process();
                        System.out.println(faker.select("users").read().stream().limit(3).count() + " users");
                        System.exit(0);
                    }
                }
                """);

        assertThat(sluice.runJava(program, SluiceCli.HOME).finished().succeeds().out())
                .isEqualTo("3 users\n");
        sluice.nothingLeftBehind();
    }
}
