package dev.sluice.cdk.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSchemaTest {
    @ConfigForm(
            title = "Everything",
            description = "One setting of each kind.",
            groups = {"connection=Connection", "rest=The rest"})
    record Everything(
            @Setting(
                    title = "Host",
                    description = "Where.",
                    group = "connection",
                    examples = "\"db.example.org\"",
                    env = {"PGHOST", "HOST"})
            String host,

            @Setting(title = "Port", defaultValue = "5432", minimum = 1, maximum = 65535, group = "connection")
            int port,

            @Setting(title = "Password", secret = true, alwaysShow = true)
            Optional<String> password,

            @Setting(title = "Rows") Optional<Long> rows,

            @Setting(
                    title = "Start",
                    format = "date-time",
                    pattern = "^\\d{4}-.*Z$",
                    patternDescriptor = "YYYY-MM-DDTHH:mm:ssZ")
            Optional<String> startDate,

            @Setting(title = "Fast", defaultValue = "false") boolean fast,

            @Setting(title = "Mode", defaultValue = "\"careful\"")
            Mode mode,

            @Setting(title = "Tables", order = 70) List<String> tables,

            @Setting(title = "Certificate", secret = true, multiline = true)
            Optional<String> certificate,

            @Setting(title = "Limits") Optional<Limits> limits,
            @Setting(title = "Login", group = "rest") Login login) {}

    enum Mode {
        @JsonProperty("careful")
        CAREFUL,
        RECKLESS
    }

    @ConfigForm(title = "Limits")
    record Limits(
            @Setting(title = "Per second", defaultValue = "10")
            int perSecond,

            @Setting(title = "Burst") int burst) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "method")
    sealed interface Login {
        @ConfigForm(title = "Nobody")
        @JsonTypeName("none")
        record Nobody() implements Login {}

        @ConfigForm(title = "Somebody")
        @JsonTypeName("password")
        record Somebody(
                @Setting(title = "User") String user,
                @Setting(title = "Password", secret = true) String password,

                @Setting(title = "Realm", defaultValue = "\"home\"")
                String realm)
                implements Login {}
    }

    private static final ObjectNode SCHEMA = ConfigSchema.of(Everything.class);

    @Test
    void describesEveryKindOfSetting() {
        assertThat(json(SCHEMA.toString())).isEqualTo(json("""
                {
                  "$schema": "http://json-schema.org/draft-07/schema#",
                  "title": "Everything",
                  "description": "One setting of each kind.",
                  "type": "object",
                  "properties": {
                    "host": {
                      "type": "string", "title": "Host", "description": "Where.", "order": 0,
                      "examples": ["db.example.org"], "group": "connection", "x-sluice-env": ["PGHOST", "HOST"]
                    },
                    "port": {
                      "type": "integer", "title": "Port", "order": 1, "default": 5432,
                      "minimum": 1, "maximum": 65535, "group": "connection"
                    },
                    "password": {
                      "type": "string", "title": "Password", "order": 2, "airbyte_secret": true, "always_show": true
                    },
                    "rows": {"type": "integer", "title": "Rows", "order": 3},
                    "start_date": {
                      "type": "string", "title": "Start", "order": 4, "pattern": "^\\\\d{4}-.*Z$",
                      "pattern_descriptor": "YYYY-MM-DDTHH:mm:ssZ", "format": "date-time"
                    },
                    "fast": {"type": "boolean", "title": "Fast", "order": 5, "default": false},
                    "mode": {
                      "type": "string", "enum": ["careful", "RECKLESS"], "title": "Mode", "order": 6,
                      "default": "careful"
                    },
                    "tables": {"type": "array", "items": {"type": "string"}, "title": "Tables", "order": 70},
                    "certificate": {
                      "type": "string", "title": "Certificate", "order": 8, "airbyte_secret": true, "multiline": true
                    },
                    "limits": {
                      "title": "Limits", "type": "object", "order": 9,
                      "properties": {
                        "per_second": {"type": "integer", "title": "Per second", "order": 0, "default": 10},
                        "burst": {"type": "integer", "title": "Burst", "order": 1}
                      },
                      "required": ["burst"],
                      "additionalProperties": true
                    },
                    "login": {
                      "type": "object", "title": "Login", "order": 10, "group": "rest",
                      "oneOf": [
                        {
                          "title": "Nobody", "type": "object",
                          "properties": {"method": {"type": "string", "const": "none", "order": 0}},
                          "required": ["method"],
                          "additionalProperties": true
                        },
                        {
                          "title": "Somebody", "type": "object",
                          "properties": {
                            "method": {"type": "string", "const": "password", "order": 0},
                            "user": {"type": "string", "title": "User", "order": 1},
                            "password": {"type": "string", "title": "Password", "order": 2, "airbyte_secret": true},
                            "realm": {"type": "string", "title": "Realm", "order": 3, "default": "home"}
                          },
                          "required": ["method", "user", "password"],
                          "additionalProperties": true
                        }
                      ]
                    }
                  },
                  "required": ["host", "login"],
                  "additionalProperties": true,
                  "groups": [{"id": "connection", "title": "Connection"}, {"id": "rest", "title": "The rest"}]
                }
                """));
    }

    @Test
    void fillsInDefaultsInsideNestedSettingsAndChoicesToo() {
        Everything read = read("""
                {"host": "h", "limits": {"burst": 3}, "login": {"method": "password", "user": "u", "password": "p"}}
                """);

        assertThat(read)
                .isEqualTo(new Everything(
                        "h",
                        5432,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Mode.CAREFUL,
                        List.of(),
                        Optional.empty(),
                        Optional.of(new Limits(10, 3)),
                        new Login.Somebody("u", "p", "home")));
    }

    @Test
    void readsWhatIsGiven() {
        Everything read = read("""
                {"host": "h", "port": 1, "password": "", "rows": 12345678901, "start_date": "2024-01-01T00:00:00Z",
                 "fast": true, "mode": "RECKLESS", "tables": ["a", "b"], "certificate": "line\\nline",
                 "limits": {"per_second": 1, "burst": 2}, "login": {"method": "none"}, "unknown": {"kept": "out"}}
                """);

        assertThat(read)
                .isEqualTo(new Everything(
                        "h",
                        1,
                        Optional.of(""),
                        Optional.of(12345678901L),
                        Optional.of("2024-01-01T00:00:00Z"),
                        true,
                        Mode.RECKLESS,
                        List.of("a", "b"),
                        Optional.of("line\nline"),
                        Optional.of(new Limits(1, 2)),
                        new Login.Nobody()));
    }

    @Test
    void leavesTheConfigurationItReadsAsItWas() {
        JsonNode config = json("{\"host\": \"h\", \"login\": {\"method\": \"none\"}}");
        JsonNode before = config.deepCopy();

        ConfigSchema.read(config, SCHEMA, Everything.class);

        assertThat(config).isEqualTo(before);
    }

    @Test
    void namesEverySettingThatIsWrongAtOnceAndNoValue() {
        assertThatThrownBy(() -> read("""
                {"port": 65536, "password": 12345678, "rows": "topsecret", "start_date": "topsecret", "fast": "topsecret",
                 "mode": "topsecret", "tables": [1, "b"], "limits": {"per_second": 1},
                 "login": {"method": "password", "user": 5}}
                """)).isInstanceOfSatisfying(ConnectorException.class, e -> {
            assertThat(e.failureType()).isEqualTo(FailureType.CONFIG_ERROR);
            assertThat(e.getMessage().split("; "))
                    .containsExactly(
                            "the configuration does not fit: `host` is missing",
                            "`port` must be at most 65535",
                            "`password` must be a text",
                            "`rows` must be a whole number",
                            "`start_date` must be YYYY-MM-DDTHH:mm:ssZ (it must match `^\\d{4}-.*Z$`)",
                            "`fast` must be true or false",
                            "`mode` must be one of careful, RECKLESS",
                            "`tables.0` must be a text",
                            "`limits.burst` is missing",
                            "`login.password` is missing",
                            "`login.user` must be a text");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    {"method": "magic"}                          | `login.method` must be one of none, password
                    {}                                           | `login.method` must be one of none, password
                    "none"                                       | `login` must be an object
                    null                                         | `login` is missing
                    {"method": "password", "user": null}         | `login.user` is missing; `login.password` is missing
                    """)
    void saysOfAChoiceOnlyWhatIsWrongWithTheOneThatWasMade(String login, String problem) {
        assertThatThrownBy(() -> read("{\"host\": \"h\", \"login\": %s}".formatted(login)))
                .hasMessage("the configuration does not fit: " + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    "port": 0                                    | `port` must be at least 1
                    "port": 1.5                                  | `port` must be a whole number
                    "port": "5432"                               | `port` must be a whole number
                    "port": true                                 | `port` must be a whole number
                    "port": 99999999999999999999999              | `port` must be at most 65535
                    "rows": 99999999999999999999999              | `rows` has a value of the wrong kind
                    "start_date": "2024-13-01T00:00:00Z"         | `start_date` must be a date-time like 2026-01-31T00:00:00Z
                    "tables": "a"                                | `tables` must be a list
                    "limits": []                                 | `limits` must be an object
                    "limits": {"burst": 1, "per_second": "x"}    | `limits.per_second` must be a whole number
                    """)
    void saysWhatIsWrongWithAValue(String setting, String problem) {
        assertThatThrownBy(() -> read("{\"host\": \"h\", \"login\": {\"method\": \"none\"}, %s}".formatted(setting)))
                .hasMessage("the configuration does not fit: " + problem);
    }

    @Test
    void takesANullForAnAbsentSetting() {
        String nothing = "{\"host\": \"h\", \"login\": {\"method\": \"none\"}}";
        String nulls = """
                {"host": "h", "port": null, "password": null, "rows": null, "fast": null, "mode": null,
                 "tables": null, "limits": null, "login": {"method": "none"}}
                """;

        assertThat(read(nulls)).isEqualTo(read(nothing));
    }

    @Test
    void readsAWholeNumberHoweverItIsSpelled() {
        assertThat(read("{\"host\": \"h\", \"port\": 15.0, \"login\": {\"method\": \"none\"}}")
                        .port())
                .isEqualTo(15);
    }

    @Test
    void leavesTheLastWordToTheRecord() {
        record Even(@Setting int number) {
            Even {
                if (number % 2 == 1) {
                    throw ConnectorException.config("`number` must be even");
                }
            }
        }

        assertThatThrownBy(() -> ConfigSchema.read(json("{\"number\": 3}"), ConfigSchema.of(Even.class), Even.class))
                .isInstanceOf(ConnectorException.class)
                .hasMessage("`number` must be even");
    }

    @Test
    void doesNotQuoteWhatTheRecordSaysOfAValue() {
        record Picky(@Setting String secret) {
            Picky {
                throw new IllegalArgumentException("topsecret is too short");
            }
        }

        assertThatThrownBy(
                        () -> ConfigSchema.read(json("{\"secret\": \"x\"}"), ConfigSchema.of(Picky.class), Picky.class))
                .isInstanceOf(ConnectorException.class)
                .hasMessageNotContaining("topsecret");
    }

    @Test
    void refusesADocumentThatIsNoObject() {
        assertThatThrownBy(() -> read("[]")).hasMessage("the configuration is not a JSON object");
    }

    @Test
    void tellsTheAuthorOfASettingOfATypeThatFormsDoNotHave() {
        record Wrong(@Setting Duration pause) {}

        assertThatThrownBy(() -> ConfigSchema.of(Wrong.class)).hasMessage("a setting cannot be a " + Duration.class);
    }

    private static Everything read(String config) {
        return ConfigSchema.read(json(config), SCHEMA, Everything.class);
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }
}
