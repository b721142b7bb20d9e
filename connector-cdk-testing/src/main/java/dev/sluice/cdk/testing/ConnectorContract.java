package dev.sluice.cdk.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteConnectionStatus.Status;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What sources and destinations have in common.
interface ConnectorContract {
    /// Runs the connector under test.
    ConnectorHarness harness();

    /// A configuration that works, as the user writes it: a JSON object.
    String workingConfig();

    /// Configurations that fit the spec but do not work, each with words that `check` must answer. Wrong
    /// passwords and wrong host names belong here.
    Map<String, String> brokenConfigs();

    @Test
    default void describesItselfInOneSpecification() {
        Transcript spec = harness().spec().succeeded();

        JsonNode schema = spec.answer(ConnectorSpecification.class).connectionSpecification();
        assertThat(Schemas.againstDraft7(schema)).isEmpty();
        assertThat(FormRules.problems(schema)).isEmpty();
        assertProtocol(spec);
    }

    @Test
    default void worksWithTheWorkingConfiguration() {
        JsonNode schema = harness().spec().answer(ConnectorSpecification.class).connectionSpecification();
        assertThat(Schemas.problems(Schemas.compiled(schema), workingConfig()))
                .as("the working configuration against the spec")
                .isEmpty();

        Transcript check = harness().check(json(workingConfig())).succeeded();

        AirbyteConnectionStatus answer = check.answer(AirbyteConnectionStatus.class);
        assertThat(answer.status()).as("%s", answer).isEqualTo(Status.SUCCEEDED);
        assertProtocol(check);
    }

    @Test
    default void saysWhatIsWrongWithAConfigurationThatDoesNotWork() {
        brokenConfigs().forEach((config, words) -> {
            Transcript check = harness().check(json(config)).succeeded();

            AirbyteConnectionStatus answer = check.answer(AirbyteConnectionStatus.class);
            assertThat(answer.status()).isEqualTo(Status.FAILED);
            assertThat(answer.message().orElse("")).contains(words);
            assertProtocol(check);
        });
    }

    @Test
    default void namesEverySettingThatIsMissing() {
        List<String> required = new ArrayList<>();
        harness()
                .spec()
                .answer(ConnectorSpecification.class)
                .connectionSpecification()
                .path("required")
                .forEach(name -> required.add(name.asText()));

        AirbyteConnectionStatus answer =
                harness().check(Json.mapper().createObjectNode()).succeeded().answer(AirbyteConnectionStatus.class);

        // A connector that requires nothing must do without anything.
        assertThat(answer.status()).isEqualTo(required.isEmpty() ? Status.SUCCEEDED : Status.FAILED);
        if (!required.isEmpty()) {
            assertThat(answer.message().orElse("")).contains(required);
        }
    }

    @Test
    default void answersAWrongCommandLineWithItsUsage() {
        List<List<String>> wrong = List.of(
                List.of(), List.of("nonsense"), List.of("check"), List.of("check", "--config"), List.of("spec", "--x"));
        for (List<String> arguments : wrong) {
            Transcript refusal = harness().run(arguments);

            assertThat(refusal.exitCode()).as("exit code of %s", arguments).isEqualTo(2);
            assertThat(refusal.lines()).isEmpty();
            assertThat(refusal.stderr()).isNotBlank();
        }
    }

    @Test
    default void keepsSecretsToItself() {
        JsonNode schema = harness().spec().answer(ConnectorSpecification.class).connectionSpecification();
        List<String> configs = new ArrayList<>(brokenConfigs().keySet());
        configs.add(workingConfig());
        for (String config : configs) {
            List<String> secrets = new ArrayList<>();
            collectSecrets(schema, json(config), secrets);
            for (Transcript transcript : talk(json(config))) {
                for (String secret : secrets) {
                    assertThat(transcript.everything().contains(secret))
                            .as("a secret of the configuration is in the output")
                            .isFalse();
                }
            }
        }
    }

    /// Everything the connector can be asked with this configuration.
    List<Transcript> talk(ObjectNode config);

    /// Every line is a message, and one that the published schema accepts.
    static void assertProtocol(Transcript transcript) {
        assertThat(transcript.wholeLines()).as("the last line is whole").isTrue();
        transcript.messages();
        for (String line : transcript.lines()) {
            assertThat(Schemas.againstProtocol(line)).as(line).isEmpty();
        }
    }

    static ObjectNode json(String text) {
        return (ObjectNode) Transcript.json(text);
    }

    private static void collectSecrets(JsonNode schema, JsonNode config, List<String> found) {
        if (schema.path("airbyte_secret").asBoolean() && config.asText().length() >= 4) {
            found.add(config.asText());
        }
        for (var property : schema.path("properties").properties()) {
            collectSecrets(property.getValue(), config.path(property.getKey()), found);
        }
        for (JsonNode choice : schema.path("oneOf")) {
            collectSecrets(choice, config, found);
        }
        for (JsonNode element : config.isArray() ? config : Json.mapper().createArrayNode()) {
            collectSecrets(schema.path("items"), element, found);
        }
    }
}
