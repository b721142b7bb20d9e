package dev.sluice.runner.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.ConnectionTemplate.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `sluice init` writes can be read, by people and by Sluice.
final class ConnectionTemplateTest {
    private static final String SOURCE = """
            {"type": "object", "required": ["credentials", "repositories", "region"], "properties": {
              "start_date": {"type": "string", "format": "date-time", "title": "Start", "order": 3},
              "repositories": {"type": "array", "items": {"type": "string"}, "order": 1, "examples": ["a/b", "c/*"],
                "description": "See <a href=\\"https://x.example/docs\\">the docs</a>.<br/>Use <b>OWNER/NAME</b> &amp; nothing else."},
              "region": {"type": "string", "enum": ["eu", "us"], "default": "eu", "order": 2},
              "page": {"type": ["integer", "null"], "minimum": 1, "maximum": 100, "examples": ["50"]},
              "greeting": {"type": "string", "default": "Hi ${name}: \\"#1\\""},
              "odd key": {"type": "boolean"},
              "inner": {"airbyte_hidden": true, "type": "string"},
              "limits": {"type": "object", "title": "Limits", "required": ["per_hour"], "properties": {
                "per_hour": {"type": "integer", "title": "Per hour"}}},
              "streams": {"type": "array", "title": "Streams", "items": {"$ref": "#/definitions/stream"}},
              "credentials": {"type": "object", "order": 0, "title": "Log in", "oneOf": [
                {"title": "OAuth", "required": ["kind", "token"], "properties": {
                  "kind": {"type": "string", "const": "oauth"},
                  "token": {"type": "string", "airbyte_secret": true},
                  "expires": {"type": "string"}}},
                {"title": "Key", "description": "Made in the settings.", "required": ["kind", "key"], "properties": {
                  "kind": {"type": "string", "const": "key"},
                  "key": {"type": "string", "airbyte_secret": true}}}]}},
             "definitions": {"stream": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "title": "Name"}}}}}""";

    private static final String DESTINATION = """
            {"type": "object", "properties": {"host": {"type": "string", "x-sluice-env": ["PGHOST"]}}}""";

    @TempDir
    private Path home;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = home.resolve("new.yaml");
    }

    private static ConnectorSpecification spec(String schema) throws Exception {
        return Json.mapper()
                .treeToValue(
                        Json.mapper()
                                .createObjectNode()
                                .set("connectionSpecification", Json.mapper().readTree(schema)),
                        ConnectorSpecification.class);
    }

    private static ConnectionTemplate template() throws Exception {
        return new ConnectionTemplate(
                "new.yaml",
                new Side("source", "image", "airbyte/source-github:2.1.0", false, spec(SOURCE)),
                new Side("destination", "image", "airbyte/destination-x:1", false, spec(DESTINATION)));
    }

    private Connection read(String text, Map<String, String> environment) throws Exception {
        Files.writeString(file, text);
        List<String> warnings = new ArrayList<>();
        Connection connection = ConnectionFile.read(
                file,
                environment,
                new OurConnectors(home, "1"),
                (connector, _) -> {
                    try {
                        return spec(connector.name().contains("source") ? SOURCE : DESTINATION);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                new SecretMask(),
                warnings::add);
        assertThat(warnings).isEmpty();
        return connection;
    }

    @Test
    void explainsEachSetting() throws Exception {
        String text = template().text();
        assertThat(text.substring(text.indexOf("  config:"), text.indexOf("destination:")))
                .isEqualTo("""
                  config:
                    # REQUIRED: Log in (a choice)
                    credentials:
                      # Either OAuth
                      kind: "oauth"
                      # REQUIRED, SECRET: token
                      token: "${GITHUB_TOKEN}"
                      # OPTIONAL: expires
                      #expires: ""
                      # or Key: Made in the settings.
                      #kind: "key"
                      ## REQUIRED, SECRET: key
                      #key: "${GITHUB_KEY}"

                    # REQUIRED: repositories (a list)
                    # See the docs (https://x.example/docs).
                    # Use OWNER/NAME & nothing else.
                    # For example: a/b, c/*
                    repositories:

                    # REQUIRED: region (one of eu, us; default eu)
                    region: "eu"

                    # OPTIONAL: Start (a moment like 2026-01-31T00:00:00Z)
                    #start_date: ""

                    # OPTIONAL: page (a whole number; from 1 to 100)
                    # For example: 50
                    #page: 50

                    # OPTIONAL: greeting (default Hi ${name}: "#1")
                    #greeting: "Hi $${name}: \\"#1\\""

                    # OPTIONAL: odd key (true or false)
                    #"odd key": false

                    # OPTIONAL: Limits
                    #limits:
                    #  # REQUIRED: Per hour (a whole number)
                    #  per_hour:

                    # OPTIONAL: Streams (a list)
                    #streams:
                    #  -
                    #    # REQUIRED: Name
                    #    name:

                """.replaceAll("(?m)^ {16}", ""));
        assertThat(text.lines()).allMatch(line -> line.length() <= 104);
    }

    @Test
    void saysWhatMustBeFilledInAndWhatMustBeSet() throws Exception {
        assertThat(template().toFill()).containsExactly("source.config.repositories");
        assertThat(template().variables()).containsExactly("GITHUB_TOKEN");
    }

    @Test
    void isValidOnceItIsFilledIn() throws Exception {
        Connection connection = read(
                template().text().replace("repositories:", "repositories: [\"me/mine\"]"),
                Map.of("GITHUB_TOKEN", "t0k3n"));
        assertThat(connection.source().config()).isEqualTo(Json.mapper().readTree("""
                {"credentials": {"kind": "oauth", "token": "t0k3n"}, "repositories": ["me/mine"], "region": "eu"}"""));
        assertThat(connection.name()).isEqualTo("new");
    }

    /// Taking the `#` away is all that is needed.
    @Test
    void isStillYamlWithEverythingSet() throws Exception {
        UnaryOperator<String> uncommented = text -> text.replaceAll("(?m)^( +)#(?=[a-z\"]|  )", "$1");
        String all = uncommented
                .apply(template().text())
                .replace("repositories:", "repositories: [\"me/mine\"]")
                .replace("per_hour:", "per_hour: 5")
                .replace("  name:", "  name: users")
                .replace("start_date: \"\"", "start_date: \"2026-01-31T00:00:00Z\"")
                .replaceAll("(?m)^ +(local|network|memory): .*\n", "")
                .replaceAll("(?m)^      (kind: \"key\"|key: .*)\n", ""); // The other choice.
        ObjectNode config = read(all, Map.of("GITHUB_TOKEN", "t0k3n")).source().config();
        assertThat(config.toString()).isEqualTo(Json.mapper().readTree("""
                {"credentials": {"kind": "oauth", "token": "t0k3n", "expires": ""}, "repositories": ["me/mine"], "region": "eu",
                 "start_date": "2026-01-31T00:00:00Z", "page": 50, "greeting": "Hi ${name}: \\"#1\\"", "odd key": false,
                 "limits": {"per_hour": 5}, "streams": [{"name": "users"}]}""").toString());
    }

    @Test
    void keepsTheVariablesOfTwoSidesOfOneKindApart() throws Exception {
        ConnectionTemplate template = new ConnectionTemplate(
                "new.yaml",
                new Side("source", "image", "x/source-github:1", false, spec(SOURCE)),
                new Side("destination", "image", "y/destination-github:1", false, spec(SOURCE)));
        assertThat(template.variables()).containsExactly("SOURCE_GITHUB_TOKEN", "DESTINATION_GITHUB_TOKEN");
    }

    @Test
    void endsForASchemaThatContainsItself() throws Exception {
        String recursive = """
                {"type": "object", "properties": {"child": {"$ref": "#"}}}""";
        ConnectionTemplate template = new ConnectionTemplate(
                "new.yaml",
                new Side("source", "image", "x/source-y:1", false, spec(recursive)),
                new Side("destination", "image", "x/destination-z:1", false, spec(DESTINATION)));
        assertThat(template.text()).contains("child:");
    }
}
