package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import org.junit.jupiter.api.Test;

final class SecretMaskTest {
    private final SecretMask mask = new SecretMask();

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }

    private void learn(String config, String properties) {
        mask.learn(json(config), json("{\"properties\":%s}".formatted(properties)));
    }

    @Test
    void knowsASecretInJsonAndInAUrl() {
        learn("{\"password\":\"p@ss \\\"w\\\\rd/ü\"}", "{\"password\":{\"airbyte_secret\":true}}");
        assertThat(mask.apply("plain p@ss \"w\\rd/ü, json {\"x\":\"p@ss \\\"w\\\\rd/ü\"},"
                        + " url p%40ss+%22w%5Crd%2F%C3%BC p%40ss%20%22w%5Crd%2F%C3%BC"))
                .isEqualTo("plain ****, json {\"x\":\"****\"}, url **** ****");
    }

    @Test
    void findsSecretsInChoicesListsAndObjects() {
        learn(
                "{\"auth\":{\"type\":\"oauth\",\"token\":\"t0ken1\"},\"keys\":[{\"key\":\"k3y-one\"},{\"key\":\"k3y-two\"}],\"all\":{\"a\":[\"deep1\"]},\"pin\":1234567}",
                """
                {"auth":{"oneOf":[{"properties":{"x":{}}},{"properties":{"token":{"airbyte_secret":true}}}]},
                 "keys":{"items":{"properties":{"key":{"airbyte_secret":true}}}},
                 "all":{"airbyte_secret":true},"pin":{"airbyte_secret":true}}""");
        assertThat(mask.apply("oauth t0ken1 k3y-one k3y-two deep1 1234567"))
                .isEqualTo("oauth **** **** **** **** ****");
    }

    @Test
    void masksTheLongerOfTwoSecretsWhole() {
        learn(
                "{\"a\":\"secret\",\"b\":\"secret-and-more\"}",
                "{\"a\":{\"airbyte_secret\":true},\"b\":{\"airbyte_secret\":true}}");
        assertThat(mask.apply("secret-and-more, secret")).isEqualTo("****, ****");
    }

    @Test
    void masksEachLineOfAPrivateKey() {
        learn(
                "{\"key\":\"-----BEGIN KEY-----\\nMIIEvQIBADANBgkqhkiG9w0\\n-----END KEY-----\"}",
                "{\"key\":{\"airbyte_secret\":true}}");
        assertThat(mask.apply("bad key MIIEvQIBADANBgkqhkiG9w0")).isEqualTo("bad key ****");
    }

    @Test
    void leavesOrdinaryWordsAlone() {
        learn(
                "{\"a\":\"yes\",\"b\":true,\"c\":null,\"host\":\"localhost\"}",
                "{\"a\":{\"airbyte_secret\":true},\"b\":{\"airbyte_secret\":true},\"c\":{\"airbyte_secret\":true},\"host\":{}}");
        assertThat(mask.apply("yes true null localhost")).isEqualTo("yes true null localhost");
    }
}
