package dev.sluice.cdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import org.junit.jupiter.api.Test;

class SecretsTest {
    private static final JsonNode SCHEMA = json("""
            {"properties": {
              "user": {"type": "string"},
              "password": {"type": "string", "airbyte_secret": true},
              "pin": {"type": "integer", "airbyte_secret": true},
              "keys": {"type": "array", "items": {"type": "string"}, "airbyte_secret": true},
              "rings": {"type": "array", "items": {"properties": {"key": {"airbyte_secret": true}}}},
              "login": {"oneOf": [
                {"properties": {"method": {"const": "none"}}},
                {"properties": {"method": {"const": "token"}, "token": {"type": "string", "airbyte_secret": true}}}]}}}
            """);

    @Test
    void masksSecretsWhereverTheyAreInTheConfiguration() {
        assertThat(mask("""
                        {"user": "ada", "password": "sesame", "pin": 123456, "keys": ["key-one", "key-two"],
                         "rings": [{"key": "ring-one"}], "login": {"method": "token", "token": "abcdef"}}
                        """, "ada sesame 123456 key-one key-two ring-one abcdef method token"))
                .isEqualTo("ada **** **** **** **** **** **** method token");
    }

    @Test
    void masksASecretInsideJsonAndInsideAUrl() {
        String config = "{\"password\": \"pa\\\"ss w\\u00f6rd\\n&\"}";

        assertThat(mask(config, "{\"password\":\"pa\\\"ss w\u00f6rd\\n&\"}")).isEqualTo("{\"password\":\"****\"}");
        assertThat(mask(config, "?p=pa%22ss+w%C3%B6rd%0A%26&x")).isEqualTo("?p=****&x");
        assertThat(mask(config, "?p=pa%22ss%20w%C3%B6rd%0A%26&x")).isEqualTo("?p=****&x");
    }

    @Test
    void masksALongSecretBeforeTheShortOneInsideIt() {
        assertThat(mask("{\"password\": \"sesame\", \"keys\": [\"open sesame street\"]}", "open sesame street"))
                .isEqualTo("****");
    }

    @Test
    void leavesOrdinaryWordsAlone() {
        assertThat(mask("{\"password\": null, \"keys\": [true, \"abc\", \"\"], \"pin\": {}}", "null true abc"))
                .isEqualTo("null true abc");
    }

    @Test
    void remembersTheOldSecretWhenThereIsANewOne() {
        Secrets secrets = new Secrets(SCHEMA);
        secrets.learn(json("{\"password\": \"old-token\"}"));
        secrets.learn(json("{\"password\": \"new-token\"}"));

        assertThat(secrets.mask("old-token new-token")).isEqualTo("**** ****");
    }

    private static String mask(String config, String text) {
        Secrets secrets = new Secrets(SCHEMA);
        secrets.learn(json(config));
        return secrets.mask(text);
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }
}
