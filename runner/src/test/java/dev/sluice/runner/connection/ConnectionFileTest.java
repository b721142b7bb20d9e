package dev.sluice.runner.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConnectionFileTest {
    private static final String COMMCARE = """
            {"type": "object", "required": ["api_key", "project_space", "app_id"], "additionalProperties": true,
             "properties": {
               "api_key": {"type": "string", "title": "API Key", "airbyte_secret": true, "x-sluice-env": ["COMMCARE_API_KEY"]},
               "project_space": {"type": "string", "pattern": "^[^/]+$"},
               "app_id": {"type": "string", "minLength": 4},
               "start_date": {"type": "string", "default": "2022-10-01T00:00:00Z"},
               "page_size": {"type": "integer", "minimum": 1},
               "rate": {"type": ["number", "null"]},
               "format": {"type": "string", "enum": ["flat", "raw"]},
               "proxy": {"type": "object", "required": ["port"], "properties": {
                 "port": {"type": "integer", "title": "Port"}, "verify": {"type": "boolean"}}}}}""";
    private static final String POSTGRES = """
            {"type": "object", "required": ["host", "port", "username", "database"], "properties": {
               "host": {"type": "string", "x-sluice-env": ["PGHOST"]},
               "port": {"type": "integer", "x-sluice-env": ["PGPORT"]},
               "database": {"type": "string"},
               "schema": {"type": "string"},
               "username": {"type": "string", "title": "Username", "x-sluice-env": ["PGUSER", "USER"]},
               "password": {"type": "string", "airbyte_secret": true, "x-sluice-env": ["PGPASSWORD"]},
               "tunnel": {"type": "object", "oneOf": [
                 {"title": "No tunnel", "required": ["method"], "properties": {"method": {"const": "NONE"}}},
                 {"title": "Key", "required": ["method", "key"], "properties": {
                   "method": {"const": "KEY"}, "key": {"type": "string", "airbyte_secret": true},
                   "port": {"type": "integer"}}},
                 {"title": "Password", "required": ["method", "password"], "properties": {
                   "method": {"const": "PASSWORD"}, "password": {"type": "string", "airbyte_secret": true}}}]}}}""";

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final SecretMask mask = new SecretMask();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Duration> patience = new ArrayList<>();
    private Path file;

    @BeforeEach
    void makeHome() throws IOException {
        for (String connector :
                List.of("source-commcare", "source-faker", "destination-postgres", "destination-duckdb")) {
            Files.createDirectories(home.resolve("connectors").resolve(connector));
        }
        file = home.resolve("nightly.yaml");
        environment.putAll(Map.of(
                "COMMCARE_API_KEY", "me@example.org:s3cr3t-key",
                "PGPORT", "5433",
                "PGUSER", "loader",
                "PGPASSWORD", "hunter22"));
    }

    private Connection read(String yaml) throws Exception {
        Files.writeString(file, yaml);
        return ConnectionFile.read(
                file,
                environment,
                new OurConnectors(home, "0.1.0"),
                (connector, limit) -> {
                    asked.add(connector.name());
                    patience.add(limit);
                    ObjectNode schema = json(connector.name().contains("source") ? COMMCARE : POSTGRES);
                    return ConnectorSpecification.source("", schema);
                },
                mask,
                warnings::add);
    }

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }

    /// The whole report, with the path of the file left out.
    private String report(String yaml) {
        String[] report = new String[1];
        assertThatThrownBy(() -> read(yaml)).isInstanceOfSatisfying(RunnerException.class, e -> {
            assertThat(e.type()).isEqualTo(FailureType.CONFIG_ERROR);
            assertThat(e.code()).isEqualTo("config.invalid");
            report[0] = e.getMessage().replace(home + "/", "");
        });
        assertThat(report[0]).doesNotContain("hunter22", "s3cr3t");
        return report[0];
    }

    private static final String ISSUE = """
            source:
              type: "commcare"
              config:
                api_key: "${COMMCARE_API_KEY}"
                project_space: "my-project"
                app_id: "0123abc"
                start_date: "2020-01-01T00:00:00Z"

            destination:
              type: "postgres"
              config:
                host: "warehouse-db"
                database: "financial_data"
                schema: "staging"

            sync:
              schedule: "0 2 * * *"
              mode: "incremental"
            """;

    @Test
    void readsTheExampleAsItStands() throws Exception {
        Connection connection = read(ISSUE);

        assertThat(connection.name()).isEqualTo("nightly");
        assertThat(connection.source().config().toString())
                .isEqualTo(
                        "{\"api_key\":\"me@example.org:s3cr3t-key\",\"project_space\":\"my-project\",\"app_id\":\"0123abc\","
                                + "\"start_date\":\"2020-01-01T00:00:00Z\"}");
        assertThat(connection.destination().config().toString())
                .isEqualTo(
                        "{\"host\":\"warehouse-db\",\"database\":\"financial_data\",\"schema\":\"staging\",\"port\":5433,"
                                + "\"username\":\"loader\",\"password\":\"hunter22\"}");
        assertThat(connection.schedule()).contains("0 2 * * *");
        assertThat(connection.defaults().mode()).contains(SyncMode.INCREMENTAL);
        assertThat(connection.source().launch())
                .isInstanceOfSatisfying(
                        ConnectorLaunch.InContainer.class,
                        launch -> assertThat(launch.image()).isEqualTo("sluice/source-commcare:0.1.0"));
        assertThat(warnings).isEmpty();
        assertThat(mask.apply("loader:hunter22@warehouse-db")).isEqualTo("loader:****@warehouse-db");
    }

    @Test
    void readsEverythingAFileCanSay() throws Exception {
        Files.createDirectories(home.resolve("data"));
        Connection connection = read("""
                name: shop
                source:
                  image: airbyte/source-x:1.2
                  network: none
                  memory: 1.5g
                  cpus: 1.5
                  processes: 64
                  local: ./data
                  read_only: true
                  tmp: 64m
                  pipes: attach
                  config: {api_key: abcd, project_space: p, app_id: "1234"}
                destination:
                  command: [python3, destination.py]
                  config: {host: h, database: d}
                streams:
                  users: {mode: full_refresh, destination_mode: overwrite_dedup, cursor: [meta, at], key: [region, id], fields: [id, region]}
                  orders:
                  public.items: {key: [[address, street], id], cursor: at}
                limits: {source_timeout: 90s, destination_timeout: 1.5h, operation_timeout: 500ms, start_timeout: 20s, line_size: 8m, attempts: 2, retry_after: 1m, strict: true, store_timeout: 2m}
                logs: {keep: 30d, max_size: 5m}
                state: postgresql://user:pass@host/db
                """);

        assertThat(connection.name()).isEqualTo("shop");
        assertThat(connection.source().launch())
                .isEqualTo(new ConnectorLaunch.InContainer(
                        "airbyte/source-x:1.2",
                        Optional.empty(),
                        "none",
                        1536L << 20,
                        1.5,
                        64,
                        Optional.of(home.resolve("data")),
                        Optional.of(true),
                        64 << 20,
                        ConnectorLaunch.Pipes.ATTACH,
                        Duration.ofSeconds(20)));
        assertThat(connection.destination().launch())
                .isEqualTo(new ConnectorLaunch.AsProcess("python3", List.of("python3", "destination.py"), home));
        StreamSettings users = connection.streams().get("users");
        assertThat(users.cursor()).containsExactly("meta", "at");
        assertThat(users.key()).containsExactly(List.of("region"), List.of("id"));
        assertThat(users.fields()).isEqualTo(Set.of("id", "region"));
        assertThat(users.line()).isEqualTo(17);
        assertThat(connection.streams().get("public.items").key())
                .containsExactly(List.of("address", "street"), List.of("id"));
        assertThat(connection.streams()).containsKey("orders");
        assertThat(connection.limits())
                .isEqualTo(new Connection.Limits(
                        Duration.ofSeconds(90),
                        Duration.ofMinutes(90),
                        Duration.ofMillis(500),
                        8 << 20,
                        2,
                        Duration.ofMinutes(1),
                        true,
                        Duration.ofMinutes(2),
                        Connection.LogsKept.notOlderThan(Duration.ofDays(30)).withMaxBytes(5 << 20)));
        assertThat(connection.stateStore()).contains("postgresql://user:pass@host/db");
    }

    @Test
    void refusesToPutTheEnginesSocketIntoAContainer() throws Exception {
        Path engine = Files.createDirectories(home.resolve("engine/run"));
        Path socket = Files.createFile(engine.resolve("docker.sock"));
        Path link = Files.createSymbolicLink(home.resolve("link"), engine);
        environment.put("DOCKER_HOST", "unix://" + socket);
        for (Path place : List.of(Path.of("/"), home, engine, link)) {
            assertThat(report("""
                            source: {image: "a:1", local: %s}
                            destination: {image: "b:1"}
                            """.formatted(place)))
                    .contains("source.local")
                    .contains("holds the socket of the Docker engine");
        }
        assertThat(report("""
                        source: {image: "a:1", local: %s}
                        destination: {image: "b:1"}
                        """.formatted(Files.createDirectories(home.resolve("elsewhere")))))
                .doesNotContain("source.local");
    }

    @Test
    void saysWhatTheSettingsOfAContainerMustBe() {
        assertThat(report("""
                        source: {image: "a:1", read_only: maybe, pipes: named_ones}
                        destination: {image: "b:1", read_only: false, tmp: 1g}
                        """))
                .contains("`source.read_only` must be true or false", "`source.pipes` is 'named_ones'")
                .contains("`destination.tmp` limits the /tmp of a read-only container, but `read_only` is false");
    }

    @Test
    void reportsEverythingAtOnce() {
        environment.remove("COMMCARE_API_KEY");
        environment.put("COMMCARE_APIKEY", "x");
        environment.put("PGPORT", "many");
        assertThat(report("""
                        nmae: shop
                        source:
                          type: commcare
                          memory: lots
                          local: nowhere
                          config:
                            api_key: "${COMMCARE_API_KEY}"
                            project_spcae: my-project
                            app_id: 123
                            page_size: "ten"
                            format: rwa
                            proxy: {verify: "hunter22"}
                        destination:
                          type: postgers
                          launch: kubernetes
                        sync:
                          mode: incremntal
                          schedule: daily
                        streams:
                          users: {mdoe: full_refresh, destination_mode: replace}
                        limits:
                          source_timeout: 5 parsecs
                        """)).isEqualTo("""
                        there are 18 problems in the connection file
                          nightly.yaml:1: `nmae` is not known; did you mean 'name'?
                          nightly.yaml:4: `source.memory` is 'lots'; write it like 512m or 2g
                          nightly.yaml:5: `source.local` is not a directory: nowhere
                          nightly.yaml:6: `source.config.project_space` is missing
                          nightly.yaml:7: `source.config.api_key` needs the environment variable COMMCARE_API_KEY, which is not set; did you mean ${COMMCARE_APIKEY}?
                          nightly.yaml:8: `source.config.project_spcae` is not a setting of this connector; did you mean 'project_space'?
                          nightly.yaml:9: `source.config.app_id` has the wrong type: integer found, string expected; put it in quotes
                          nightly.yaml:10: `source.config.page_size` has the wrong type: string found, integer expected
                          nightly.yaml:11: `source.config.format` is not one of the allowed values: ["flat", "raw"]
                          nightly.yaml:12: `source.config.proxy.verify` has the wrong type: string found, boolean expected
                          nightly.yaml:12: `source.config.proxy.port` is missing (Port)
                          nightly.yaml:14: `destination.type` is 'postgers', which is not one of ours; did you mean 'postgres'?
                          nightly.yaml:15: `destination.launch` is 'kubernetes', which is not a way to launch; known: docker, process
                          nightly.yaml:17: `sync.mode` is 'incremntal', which is not a sync mode; did you mean 'incremental'?
                          nightly.yaml:18: `sync.schedule` is not a cron expression of five fields, like "0 2 * * *"
                          nightly.yaml:20: `streams.users.mdoe` is not known; did you mean 'mode'?
                          nightly.yaml:20: `streams.users.destination_mode` is 'replace', which is not a destination mode; known: append, append_dedup, overwrite, overwrite_dedup
                          nightly.yaml:22: `limits.source_timeout` is '5 parsecs'; write it like 30m or 3h""");
    }

    @Test
    void saysWhereAValueOfTheEnvironmentDoesNotFit() {
        environment.put("PGPORT", "hunter22");
        environment.remove("PGUSER");
        assertThat(report(ISSUE)).isEqualTo("""
                        there are 2 problems in the connection file
                          nightly.yaml:11: `destination.config.port` comes from the environment variable PGPORT and has the wrong type: string found, integer expected
                          nightly.yaml:11: `destination.config.username` is missing (Username); write it here, or set PGUSER or USER""");
    }

    @Test
    void neverShowsAValueOfTheConfiguration() {
        String all = report("""
                source:
                  type: commcare
                  config:
                    api_key: 12345
                    project_space: "s3cr3t/x"
                    app_id: "s3c"
                    page_size: -99887766
                    format: s3cr3t
                    rate: s3cr3t
                    proxy: s3cr3t
                destination: {type: postgres, config: {host: [s3cr3t], database: d, tunnel: {method: s3cr3t}}}
                """);
        assertThat(all)
                .doesNotContain("99887766", "12345")
                .contains("`destination.config.tunnel.method` is not one of the choices; known: KEY, NONE, PASSWORD");
    }

    @Test
    void readsVariablesAsTheTypeTheSpecWants() throws Exception {
        environment.putAll(Map.of("SIZE", "50", "RATE", "1.50", "VERIFY", "true", "PROXY_PORT", "8080", "ID", "0123"));
        Connection connection = read("""
                source:
                  type: commcare
                  config:
                    project_space: p
                    app_id: "${ID}"
                    page_size: "${SIZE}"
                    rate: "${RATE}"
                    proxy: {port: "${PROXY_PORT}", verify: "${VERIFY}"}
                destination: {type: postgres, config: {host: h, database: d, tunnel: {method: KEY, key: k, port: "${PROXY_PORT}"}}}
                """);
        assertThat(connection.source().config().toString())
                .isEqualTo("{\"project_space\":\"p\",\"app_id\":\"0123\",\"page_size\":50,\"rate\":1.50,"
                        + "\"proxy\":{\"port\":8080,\"verify\":true},\"api_key\":\"me@example.org:s3cr3t-key\"}");
        assertThat(connection.destination().config().at("/tunnel/port").isIntegralNumber())
                .isTrue();
    }

    @Test
    void holdsAChoiceAgainstTheAlternativeThatWasChosen() {
        assertThat(report("""
                        source: {type: commcare, config: {project_space: p, app_id: "1234"}}
                        destination:
                          type: postgres
                          config:
                            host: h
                            database: d
                            tunnel:
                              method: KEY
                              prot: 22
                        """)).isEqualTo("""
                        there are 2 problems in the connection file
                          nightly.yaml:7: `destination.config.tunnel.key` is missing
                          nightly.yaml:9: `destination.config.tunnel.prot` is not a setting of this connector; did you mean 'port'?""");
    }

    @Test
    void resolvesReferences() throws Exception {
        Files.writeString(home.resolve("key.txt"), "from a file\n");
        environment.put("EMPTY", "");
        Connection connection = read("""
                source:
                  type: commcare
                  config:
                    api_key: "${file:key.txt}"
                    project_space: "${NOT_SET:-a default}-${EMPTY:-x}-${PGUSER}"
                    app_id: "$${not a reference} $5 ${NOT_SET:-}"
                destination: {type: postgres, config: {host: h, database: "d${EMPTY}"}}
                """);
        assertThat(connection.source().config().get("api_key").asText()).isEqualTo("from a file");
        assertThat(connection.source().config().get("project_space").asText()).isEqualTo("a default-x-loader");
        assertThat(connection.source().config().get("app_id").asText()).isEqualTo("${not a reference} $5 ");
        assertThat(connection.destination().config().get("database").asText()).isEqualTo("d");
    }

    @Test
    void reportsReferencesThatLeadNowhere() {
        assertThat(report("""
                        source: {type: commcare, config: {api_key: "${file:no.txt}", project_space: "${NO_A}${NO_B}", app_id: "1234"}}
                        destination: {type: postgres, config: {host: h, database: d}}
                        """)).isEqualTo("""
                        there are 3 problems in the connection file
                          nightly.yaml:1: `source.config.api_key` refers to the file no.txt, which cannot be read
                          nightly.yaml:1: `source.config.project_space` needs the environment variable NO_A, which is not set
                          nightly.yaml:1: `source.config.project_space` needs the environment variable NO_B, which is not set""");
    }

    @Test
    void readsYamlOneDotTwo() throws Exception {
        Connection connection = read("""
                source:
                  type: commcare
                  config: {project_space: no, app_id: "0o17", page_size: 0x1F, extra: [yes, on, off, True, ~, 1_000, 2020-01-01, 12:30, .5]}
                destination: {type: postgres, config: {host: h, database: d}}
                """.replace("page_size: 0x1F, ", ""));
        assertThat(connection.source().config().get("project_space").isTextual())
                .isTrue();
        assertThat(connection.source().config().get("extra").toString())
                .isEqualTo("[\"yes\",\"on\",\"off\",true,null,\"1_000\",\"2020-01-01\",\"12:30\",0.5]");
    }

    @Test
    void reportsAKeyThatStandsThereTwice() {
        assertThat(report(ISSUE + "source:\n  type: faker\n")).isEqualTo("""
                        there is a problem in the connection file
                          nightly.yaml:19: `source` stands there twice; the first is in line 1""");
    }

    @Test
    void reportsWhatIsNotYaml() {
        assertThat(report("source: {type: faker\ndestination: x"))
                .startsWith("there is a problem in the connection file\n  nightly.yaml:2: is not YAML: ");
        assertThat(report("a: &a [*a]")).contains("nightly.yaml:1: ");
        assertThat(report("")).isEqualTo("""
                there is a problem in the connection file
                  nightly.yaml:1: is empty; it needs at least `source:` and `destination:`""");
        assertThat(report("- a\n- b")).contains("it needs at least `source:` and `destination:`");
        assertThat(report("--- {}\n--- {}")).contains("is not YAML: ");
    }

    @Test
    void reportsAFileWithNothingInIt() {
        assertThat(report("name: ''")).isEqualTo("""
                        there are 3 problems in the connection file
                          nightly.yaml: `source` is missing; say which connector it is with `type:` (commcare, faker), `image:` or `command:`
                          nightly.yaml: `destination` is missing; say which connector it is with `type:` (duckdb, postgres), `image:` or `command:`
                          nightly.yaml:1: `name` is empty; leave it out to use the file's name""");
    }

    @Test
    void reportsConnectorsThatAreNotSaidOrSaidTwice() {
        assertThat(report("""
                        source: {config: {}}
                        destination: {type: duckdb, image: "x:1", network: none}
                        """)).isEqualTo("""
                        there are 2 problems in the connection file
                          nightly.yaml:1: `source` does not say which connector it is; write `type:`, `image:` or `command:`
                          nightly.yaml:2: `destination` says more than once which connector it is; keep one of `type:`, `image:` and `command:`""");
        assertThat(report("""
                        source: {image: "x:1", launch: process, memory: 1g}
                        destination: {command: [x], launch: docker}
                        """))
                .contains(
                        "`source.launch` is 'process', but an image runs in Docker; name a `command:` instead",
                        "`source.memory` is for containers, but this connector runs as a process; remove it",
                        "`destination.launch` is 'docker', but a command runs as a process; name an `image:` instead");
        assertThat(report("source: {command: []}\ndestination: {image: ''}"))
                .contains("`source.command` is empty; name a program", "`destination.image` is empty; write an image");
    }

    @Test
    void mentionsSettingsThatTheSpecDoesNotKnow() throws Exception {
        read("""
                source: {type: commcare, config: {project_space: p, app_id: "1234", _limit: 5, brand_new: 1}}
                destination: {type: postgres, config: {host: h, database: d}}
                """);
        assertThat(warnings)
                .containsExactly(
                        "`source.config.brand_new` (line 1) is not a setting of this connector and goes to it as it is");
    }

    @Test
    void reportsAConnectorThatCannotBeAskedBesideTheOtherProblems() {
        assertThatThrownBy(() -> {
                    Files.writeString(file, "nmae: x\nsource: {image: 'x:1'}\ndestination: {type: duckdb}\n");
                    ConnectionFile.read(
                            file,
                            environment,
                            new OurConnectors(home, "0.1.0"),
                            (_, _) -> {
                                throw new RunnerException(
                                        FailureType.TRANSIENT_ERROR,
                                        "docker.unreachable",
                                        "Docker does not answer",
                                        "",
                                        "");
                            },
                            mask,
                            warnings::add);
                })
                .isInstanceOfSatisfying(
                        RunnerException.class,
                        e -> assertThat(e.getMessage())
                                .contains(
                                        "`nmae` is not known",
                                        "`source` cannot be asked for its spec: Docker does not answer",
                                        "`destination` cannot be asked for its spec: Docker does not answer"));
    }

    @Test
    void waitsForASpecNoLongerThanTheFileSays() throws Exception {
        read(ISSUE + "limits: {operation_timeout: 90s}\n");

        assertThat(patience).isNotEmpty().containsOnly(Duration.ofSeconds(90));
    }

    @Test
    void asksNobodyWhenItCannotReadTheFile() {
        assertThatThrownBy(() -> ConnectionFile.read(
                        home.resolve("nothing.yaml"),
                        environment,
                        new OurConnectors(home, "0.1.0"),
                        (_, _) -> {
                            throw new AssertionError();
                        },
                        mask,
                        warnings::add))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("config.no_such_file");
                    assertThat(e).hasMessage("there is no file " + home.resolve("nothing.yaml"));
                });
        assertThatThrownBy(() -> {
                    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
                    ConnectionFile.read(
                            file, environment, new OurConnectors(home, "0.1.0"), (_, _) -> null, mask, warnings::add);
                })
                .hasMessage(file + " is not a UTF-8 text");
        assertThatThrownBy(() -> ConnectionFile.read(
                        home, environment, new OurConnectors(home, "0.1.0"), (_, _) -> null, mask, warnings::add))
                .isInstanceOfSatisfying(
                        RunnerException.class, e -> assertThat(e.code()).isEqualTo("config.unreadable"));
    }

    @Test
    void showsNoConfigurationOfAConnection() throws Exception {
        assertThat(read(ISSUE).toString()).doesNotContain("hunter22", "s3cr3t");
    }
}
