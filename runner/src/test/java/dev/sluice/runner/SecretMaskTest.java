package dev.sluice.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.json.Json;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                "{\"a\":\"secre7\",\"b\":\"secre7-and-more\"}",
                "{\"a\":{\"airbyte_secret\":true},\"b\":{\"airbyte_secret\":true}}");
        assertThat(mask.apply("secre7-and-more, secre7")).isEqualTo("****, ****");
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

    private void learnPassword(String password) {
        mask.learn(
                Json.mapper().createObjectNode().put("password", password),
                json("{\"properties\":{\"password\":{\"airbyte_secret\":true}}}"));
    }

    @Test
    void knowsEveryWayToWriteTheCharacters() {
        String password = "p@ss \"w\\rd/ü😀'";
        learnPassword(password);
        String json = password.replace("\\", "\\\\").replace("\"", "\\\"");
        assertThat(List.of(
                        password,
                        json,
                        json.replace("ü", "\\u00fc").replace("😀", "\\ud83d\\uDE00"),
                        json.replace("/", "\\/"),
                        json.replace("\\", "\\\\").replace("\\\\\"", "\\\\\\\""),
                        URLEncoder.encode(password, UTF_8),
                        URLEncoder.encode(password, UTF_8).replace("+", "%20").toLowerCase(Locale.ROOT),
                        URLEncoder.encode(password, UTF_8).replace("%2F", "/").replace("%40", "@")))
                .allSatisfy(
                        written -> assertThat(mask.apply("<" + written + ">")).isEqualTo("<****>"));
    }

    @Test
    void knowsBase64WhateverStandsBeforeAndBehind() {
        learnPassword("hunter22!~?");
        for (String user : List.of("", "u:", "me:", "bob:")) {
            for (String behind : List.of("", "x", "yz")) {
                String basic = Base64.getEncoder().encodeToString((user + "hunter22!~?" + behind).getBytes(UTF_8));
                String masked = mask.apply("sent " + basic);
                assertThat(masked).contains("****");
                // What is left of it are characters that the neighbours decide too.
                assertThat(masked.length() - "sent ****".length())
                        .isLessThanOrEqualTo(Base64.getEncoder()
                                        .encodeToString((user + behind).getBytes(UTF_8))
                                        .length()
                                + 8);
            }
        }
        learnPassword("???>>>???>>>");
        assertThat(mask.apply("Pz8_Pj4-Pz8_Pj4- Pz8/Pj4+Pz8/Pj4+")).isEqualTo("**** ****");
    }

    @Test
    void masksSecretsThatOverlapWhole() {
        learn(
                "{\"a\":\"abcdef\",\"b\":\"defghi\"}",
                "{\"a\":{\"airbyte_secret\":true},\"b\":{\"airbyte_secret\":true}}");
        assertThat(mask.apply("-abcdefghi-abcdefdefghi-")).isEqualTo("-****-****-");
    }

    @Test
    void masksASecretThatIsCutOffAtTheEnd() {
        learnPassword("a-very-long-password");
        assertThat(mask.apply("cut here: a-very-lon")).isEqualTo("cut here: ****");
        assertThat(mask.apply("cut here: a-ver")).isEqualTo("cut here: a-ver");
    }

    @Test
    void masksASecretThatIsCutOffWithinACharacter() {
        String secret = "Q-secret-ü\"😀-of-mine";
        learnPassword(secret);
        String json = Json.mapper().getNodeFactory().textNode(secret).toString();
        for (String written : List.of(
                json.substring(1),
                json.substring(1).replace("ü", "\\u00fc").replace("😀", "\\ud83d\\ude00"),
                json.substring(1).replace("\\", "\\\\\\"),
                URLEncoder.encode(secret, UTF_8))) {
            for (int length = "Q-secret".length(); length < written.length(); length++) {
                assertThat(mask.apply("cut: " + written.substring(0, length))).isEqualTo("cut: ****");
            }
        }
        assertThat(mask.apply("cut: Q-secret-%C")).isEqualTo("cut: ****");
        assertThat(mask.apply("whole: Q-secret-%C of")).isEqualTo("whole: Q-secret-%C of");
    }

    @Test
    void masksASecretLongerThanAnyLine() {
        String certificate = "0123456789abcdef".repeat(6_250);
        learnPassword(certificate);
        assertThat(mask.apply("<" + certificate + ">")).isEqualTo("<****>");
        assertThat(mask.apply("<" + URLEncoder.encode(certificate, UTF_8) + ">"))
                .isEqualTo("<****>");
    }

    @Test
    void masksTheLinesOfAKeyInAKeyFile() {
        learnPassword(
                "{\"type\":\"service_account\",\"private_key\":\"-----BEGIN KEY-----\\nMIIEvQIBADANBgkqhkiG9w0\\nAbCdEf12\\n-----END KEY-----\"}");
        assertThat(mask.apply("key MIIEvQIBADANBgkqhkiG9w0 of service_account, AbCdEf12"))
                .isEqualTo("key **** of service_account, ****");
    }

    @Test
    void knowsThePasswordInAUrl() {
        learn("{\"url\":\"postgresql://etl:hunt%65r22@db/shop\"}", "{\"url\":{}}");
        assertThat(mask.apply("login of etl with hunter22 at db failed"))
                .isEqualTo("login of etl with **** at db failed");
        assertThat(mask.apply("cannot reach redis://:n3ver-seen@cache:6379/0, see https://x:8080/a@b"))
                .isEqualTo("cannot reach redis://:****@cache:6379/0, see https://x:8080/a@b");
    }

    @Test
    void masksWhatStandsBehindTheNameOfASecret() {
        mask.learn(json("{}"), json("{\"properties\":{\"pin_code\":{\"airbyte_secret\":true}}}"));
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("{\"password\": \"n3w\", \"user\": \"me\"}", "{\"password\": \"****\", \"user\": \"me\"}");
        lines.put(
                "{\"a\":\"{\\\"access_token\\\":\\\"n\\\\\\\"3w\\\",\\\"b\\\":1}\"}",
                "{\"a\":\"{\\\"access_token\\\":\\\"****\\\",\\\"b\\\":1}\"}");
        lines.put("{'refreshToken': 'n3w'}", "{'refreshToken': '****'}");
        lines.put("GET /?page=2&api_key=n3w&x=1", "GET /?page=2&api_key=****&x=1");
        lines.put("GET /?apikey=n3w HTTP/1.1", "GET /?apikey=**** HTTP/1.1");
        lines.put("Authorization: Bearer n3w, Accept: */*", "Authorization: Bearer ****, Accept: */*");
        lines.put("\"Authorization\": \"Basic n3w\"", "\"Authorization\": \"****\"");
        lines.put("X-Api-Key: n3w", "X-Api-Key: ****");
        lines.put("db.password=n3w", "db.password=****");
        lines.put("{\"token\":[\"n3w\",\"n4w\"],\"b\":1}", "{\"token\":[****],\"b\":1}");
        lines.put("\"PIN_CODE\": 1234", "\"PIN_CODE\": ****");
        lines.put("{\"password\":\"cut in the midd", "{\"password\":\"****");
        assertThat(lines)
                .allSatisfy((line, masked) -> assertThat(mask.apply(line)).isEqualTo(masked));
        assertThat(lines.values())
                .allSatisfy(masked -> assertThat(mask.apply(masked)).isEqualTo(masked));
    }

    @Test
    void leavesOrdinaryLinesAsTheyAre() {
        learnPassword("hunter22");
        assertThat(List.of(
                        "connected to https://api.example.com:8080/v1?page=2",
                        "{\"token\":null,\"password\":\"\",\"secret\":true}",
                        "{\"token\":{\"type\":\"string\"}}",
                        "12:30:01 INFO read 40,000 rows; 100%",
                        "tokens: 12, keyboard=qwerty, hunter2",
                        "C:\\temp\\x 50%2 a+b",
                        ""))
                .allSatisfy(line -> assertThat(mask.apply(line)).isEqualTo(line));
    }

    @Test
    void takesNoSecretOutOfCommonWords() {
        learnPassword("postgres");
        assertThat(mask.apply("destination-postgres is ready")).isEqualTo("destination-postgres is ready");
        assertThat(mask.apply("postgresql://me:postgres@db password=postgres"))
                .isEqualTo("postgresql://me:****@db password=****");
    }

    @Test
    void stillKnowsASecretThatWasReplaced() {
        learnPassword("old-token");
        learnPassword("new-token");
        assertThat(mask.apply("old-token new-token")).isEqualTo("**** ****");
    }

    @Test
    void learnsByNameWhatTheSpecDoesNotMark() {
        learn("{\"auth\":{\"refresh_token\":\"r-1234\"}}", "{\"auth\":{}}");
        assertThat(mask.apply("got r-1234")).isEqualTo("got ****");
    }

    /// A blob in base64 that ends with `=`, and a run of backslashes: of this length, each took hours.
    @ParameterizedTest
    @ValueSource(strings = {"QUJDR-EVGR0hJ_SktMTU5PUFFSU1RVVldYWVphYmN", "\\\\\\\\\\\\\\\\"})
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // It heeds no interrupt.
    void takesTimeThatGrowsWithTheText(String part) {
        learnPassword("hunter22!~?");
        String masked = mask.apply(part.repeat(16_000_000 / part.length()) + "= hunter22!~?");
        assertThat(masked.substring(masked.length() - 20)).endsWith("= ****");
    }

    @Test
    void showsNoPartOfASecretWhereATextIsCut() {
        String secret = "Q-\"ü\\".repeat(5);
        learnPassword(secret);
        for (String written : List.of(
                secret,
                Json.mapper().getNodeFactory().textNode(secret).toString(),
                URLEncoder.encode(secret, UTF_8),
                "password=never-seen-Q-before",
                "x://me:never-seen-Q-before@host/")) {
            for (int before = 0; before <= written.length(); before++) {
                String left = ".".repeat(500 - before) + written;
                assertThat(mask.apply(left + "-".repeat(50_000), 500))
                        .startsWith(".".repeat(300))
                        .endsWith("…")
                        .hasSizeLessThanOrEqualTo(501)
                        .doesNotContain("Q");
                // What is masked is shorter: then the end of what was looked at comes into view.
                assertThat(mask.apply(".".repeat(before) + written.repeat(3_000), 500))
                        .endsWith("…")
                        .doesNotContain("Q");
            }
        }
    }

    @Test
    void keepsWhatStandsBeforeASecretThatDoesNotEnd() {
        assertThat(mask.apply("{\"password\":\"" + "x".repeat(50_000), 500)).isEqualTo("{\"password\":\"****…");
    }

    @Test
    void cutsWhatGoesToTheLog() {
        List<String> lines = new ArrayList<>();
        mask.over((level, connector, text) -> lines.add(text))
                .line(Level.INFO, "source-x", "x".repeat(10 * RunLog.MAX_TEXT));
        assertThat(lines).containsExactly("x".repeat(RunLog.MAX_TEXT) + "…");
    }
}
