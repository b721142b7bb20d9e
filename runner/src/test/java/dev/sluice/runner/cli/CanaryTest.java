package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.cli.TestingSluice.Result;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Connectors that print their secrets through every channel they have, in every form; then every byte the runner
/// has left is searched.
@Timeout(120)
final class CanaryTest {
    /// What is searched for: it looks alike in every form but base64.
    private static final String OLD = "7f3c9e5d1b";

    private static final String RENEWED = "5a8e2d6c4f";

    private static String secret(String canary) {
        return "k \"ö\\/" + canary + "+&'";
    }

    private enum Ending {
        /// As if nothing had happened.
        WELL,
        /// With a reason, exit code 1.
        TRACE,
        /// Without one, in the middle of a line.
        CUT,
        /// After half a record.
        LOST_RECORD
    }

    /// Each place a text can be, and a line that puts it there.
    private enum Channel {
        NOISE {
            @Override
            String line(String text) {
                return text;
            }
        },
        LOG {
            @Override
            String line(String text) {
                ObjectNode message = message("LOG");
                message.putObject("log")
                        .put("level", "WARN")
                        .put("message", text)
                        .put("stack_trace", "at " + text);
                return message.toString();
            }
        },
        TRACE {
            @Override
            String line(String text) {
                ObjectNode message = message("TRACE");
                message.putObject("trace")
                        .put("type", "ERROR")
                        .put("emitted_at", 1)
                        .putObject("error")
                        .put("message", text)
                        .put("internal_message", "inner " + text)
                        .put("stack_trace", "at " + text);
                return message.toString();
            }
        },
        ANALYTICS {
            @Override
            String line(String text) {
                ObjectNode message = message("TRACE");
                message.putObject("trace")
                        .put("type", "ANALYTICS")
                        .put("emitted_at", 1)
                        .putObject("analytics")
                        .put("type", "sluice.where_to_look")
                        .put("value", text);
                return message.toString();
            }
        },
        UNKNOWN_TYPE {
            @Override
            String line(String text) {
                return message("FUTURE").put("text", text).toString();
            }
        },
        NO_JSON {
            @Override
            String line(String text) {
                return LOG.line(text).replaceFirst("}$", "");
            }
        };

        abstract String line(String text);

        private static ObjectNode message(String type) {
            return Json.mapper().createObjectNode().put("type", type);
        }
    }

    @TempDir
    private Path folder;

    private TestingSluice sluice;

    @BeforeEach
    void makeFolder() throws IOException {
        sluice = new TestingSluice(folder);
        sluice.environment.put("CANARY", secret(OLD));
        sluice.connection("""
                source:
                  command: [./source]
                  config: {token: "${CANARY}"}
                destination:
                  command: [./destination]
                  config: {token: "${CANARY}"}
                limits: {attempts: 1}
                """);
        Files.createDirectories(folder.resolve("lines"));
    }

    /// As connectors, their libraries and the systems they talk to write it.
    private static Map<String, String> forms(String secret) {
        String json = Json.mapper().getNodeFactory().textNode(secret).toString();
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("raw", secret);
        forms.put("json", json);
        forms.put("ascii", json.replace("ö", "\\u00f6"));
        forms.put("url", URLEncoder.encode(secret, UTF_8));
        forms.put("url20", URLEncoder.encode(secret, UTF_8).replace("+", "%20").toLowerCase(Locale.ROOT));
        forms.put("base64", Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)));
        forms.put("basic", Base64.getEncoder().encodeToString(("user:" + secret).getBytes(UTF_8)));
        forms.put("basic1", Base64.getUrlEncoder().encodeToString(("me:" + secret).getBytes(UTF_8)));
        return forms;
    }

    private static List<String> lines(String who, String canary) {
        List<String> lines = new ArrayList<>();
        for (Channel channel : Channel.values()) {
            forms(secret(canary))
                    .forEach((form, text) -> lines.add(channel.line(label(channel, form) + text + " end")));
        }
        lines.add(Channel.NOISE.line("password=" + canary + " for " + who));
        return lines;
    }

    private static String label(Channel channel, String form) {
        return "via-" + channel + "-" + form + " ";
    }

    /// What is searched for, as text and inside base64.
    private static List<String> traces(String canary) {
        List<String> traces = new ArrayList<>(List.of(canary));
        for (int before = 0; before < 3; before++) {
            String all = Base64.getEncoder().encodeToString(("x".repeat(before) + canary).getBytes(UTF_8));
            traces.add(all.substring(before == 0 ? 0 : before + 1, (before + canary.length()) * 8 / 6));
        }
        return traces;
    }

    private void connectors(String verb, Ending ending) throws IOException {
        Path lines = folder.resolve("lines");
        String control = Channel.message("CONTROL")
                .set(
                        "control",
                        Json.mapper()
                                .createObjectNode()
                                .put("type", "CONNECTOR_CONFIG")
                                .put("emitted_at", 1)
                                .set(
                                        "connectorConfig",
                                        Json.mapper()
                                                .createObjectNode()
                                                .set(
                                                        "config",
                                                        Json.mapper()
                                                                .createObjectNode()
                                                                .put("token", secret(RENEWED)))))
                .toString();
        List<String> before = lines("old", OLD);
        List<String> behind = lines("renewed", RENEWED);
        List<String> all = new ArrayList<>(before);
        all.add(control);
        all.addAll(behind);
        Files.writeString(lines.resolve("renewed"), RENEWED);
        Files.write(lines.resolve("before"), before);
        Files.write(lines.resolve("all"), all);
        Files.writeString(
                lines.resolve("failed"),
                Channel.message("CONNECTION_STATUS")
                                .set(
                                        "connectionStatus",
                                        Json.mapper()
                                                .createObjectNode()
                                                .put("status", "FAILED")
                                                .put(
                                                        "message",
                                                        String.join(
                                                                " | ",
                                                                forms(secret(OLD))
                                                                        .values())))
                                .toString()
                        + "\n");
        Files.writeString(
                lines.resolve("half"),
                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"token\":%s\n"
                        .formatted(forms(secret(OLD)).get("json")));
        Files.writeString(
                lines.resolve("cut"),
                "in the middle " + secret(OLD).substring(0, secret(OLD).length() - 3));

        String end = switch (ending) {
            case WELL -> "";
            case TRACE -> "exit 1\n";
            case CUT -> "cat %s/cut; exit 3\n".formatted(lines);
            case LOST_RECORD -> "cat %s/half\n".formatted(lines);
        };
        // Without a connection file nobody has told the runner the token: then only its name gives it away. A token
        // cannot be renewed by who has none yet; and who is asked for its spec must answer, or nothing runs.
        Files.write(lines.resolve("spec"), verb.equals("spec") ? List.of(before.getLast()) : before);
        String script = """
                tr '\\0' ' ' </proc/$$/cmdline >>$0.seen; tr '\\0' ' ' </proc/$$/environ >>$0.seen
                if [ $1 = spec ]; then cat %1$s/spec >&2; cat %1$s/spec
                else cat %1$s/before >&2; cat %1$s/all
                # Nothing orders the two outputs but this: the runner has seen the renewed token once it is kept.
                until cat %1$s/../.sluice/state.db* 2>/dev/null | grep -qf %1$s/renewed; do sleep 0.01; done
                cat %1$s/all >&2
                %2$s fi
                """.formatted(
                        lines,
                        ending == Ending.WELL ? "" : "[ $1 = discover ] && [ -z \"$FAIL_ALL\" ] || {\n" + end + "}\n",
                        RENEWED);
        String failedCheck = "[ $1 != check ] || { cat %s/failed; exit; }\n".formatted(lines);
        sluice.source(script + failedCheck + TestingSluice.SOURCE);
        sluice.destination(
                script
                        + failedCheck
                        + TestingSluice.DESTINATION.replace(
                                "\"connectionSpecification\":{\"type\":\"object\"}",
                                "\"connectionSpecification\":{\"type\":\"object\",\"properties\":{\"token\":{\"type\":\"string\",\"airbyte_secret\":true}}}"));
        Path ours = folder.resolve("home/connectors/source-ours/target/connector/run");
        Files.writeString(ours, Files.readString(folder.resolve("source")));
    }

    static Stream<Arguments> everyVerbAndEnding() {
        return Stream.of("spec", "check", "discover", "read", "sync")
                .flatMap(verb -> Stream.of(Ending.values())
                        .flatMap(ending -> Stream.of(false, true).map(json -> Arguments.of(verb, ending, json))));
    }

    @ParameterizedTest(name = "{0} ends {1}, JSON {2}")
    @MethodSource("everyVerbAndEnding")
    void noByteOfASecretIsLeft(String verb, Ending ending, boolean json) throws IOException {
        connectors(verb, ending);
        if (verb.equals("discover") && ending != Ending.WELL) {
            sluice.source(Files.readString(folder.resolve("source")).replace("[ -z \"$FAIL_ALL\" ]", "false"));
        }
        List<String> command = new ArrayList<>(List.of(verb));
        command.addAll(verb.equals("spec") ? List.of("source-ours", "--process") : List.of(sluice.file.toString()));
        if (json) {
            command.add("--json");
        }

        Result result = sluice.run(command.toArray(String[]::new));

        Map<String, String> left = new LinkedHashMap<>();
        left.put("standard output", result.out());
        left.put("standard error", result.err());
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                left.put(folder.relativize(file).toString(), new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
        left.keySet().removeIf(name -> name.startsWith("lines/"));
        requireSpoken(verb, ending, left);
        for (String canary : List.of(OLD, RENEWED)) {
            for (String trace : traces(canary)) {
                assertThat(left).allSatisfy((where, text) -> {
                    // There the renewed one belongs, and nothing else.
                    if (!(where.startsWith(".sluice/state.db") && canary.equals(RENEWED))) {
                        assertThat(text).as(where).doesNotContain(trace);
                    }
                });
            }
        }
    }

    /// A test that found nothing because nothing was printed would show nothing.
    private void requireSpoken(String verb, Ending ending, Map<String, String> left) {
        assertThat(left.keySet()).anyMatch(name -> name.endsWith(".seen"));
        String all = String.join("\n", left.values());
        if (verb.equals("sync")) {
            String log = left.entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(".log"))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
            for (Channel channel : Channel.values()) {
                if (channel != Channel.ANALYTICS) {
                    for (String form : List.of("raw", "json", "ascii", "url", "url20")) {
                        assertThat(log).contains(label(channel, form));
                    }
                }
            }
            assertThat(log).contains("at via-LOG-raw **** end", "inner via-TRACE-raw **** end", "password=****");
        }
        if (verb.equals("check") && ending == Ending.WELL) {
            assertThat(all).contains("**** | ");
        }
    }
}
